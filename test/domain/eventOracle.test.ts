import { expect, it } from 'vitest'
import { type AccountState, changeName, EventOracle, type SeenEvent } from '../support/EventOracle.ts'

const ACCOUNT = 'acct_1'

/** A key that was created, renamed and revoked, one after the other, and a rename of which nobody knows. */
function history() {
  const oracle = new EventOracle()
  const change = (outcome: 'done' | 'refused' | 'unknown', ...name: string[]) =>
    oracle.send(ACCOUNT)(changeName(...(name as [string])), outcome)
  change('done', 'account.created', ACCOUNT)
  change('done', 'api_key.created', 'a')
  change('refused', 'api_key.updated', 'x')
  change('unknown', 'api_key.updated', 'b')
  change('done', 'api_key.updated', 'c')
  change('done', 'api_key.revoked', 'key_1')
  return oracle
}

const account = { id: ACCOUNT, name: 'A', plan: 'pro', status: 'active', suspendedReason: null, metadata: {} }
const key = (name: string, status = 'active') => ({ id: 'key_1', name, status, revokedReason: null })

const event = (
  type: string,
  subject: string,
  data: object,
  id = `evt_${type}_${JSON.stringify(data)}`,
): SeenEvent => ({
  ...{ id, type, subject, accountid: ACCOUNT, sequence: '', data },
})
const created = event('account.created', ACCOUNT, { account })
const made = event('api_key.created', 'key_1', { apiKey: key('a') })
const renamed = (name: string) => event('api_key.updated', 'key_1', { apiKey: key(name) })
const revoked = (name = 'c') => event('api_key.revoked', 'key_1', { apiKey: key(name, 'revoked') })

const state = (name = 'c', status = 'revoked'): AccountState => ({
  account,
  keys: [key(name, status)],
  members: [],
})

/** With the numbers of an honest record, unless they are given. */
const violations = (events: SeenEvent[], seen = state(), sequences?: number[]) =>
  history().violations(
    events.map((one, place) => ({
      ...one,
      sequence: String(sequences?.[place] ?? place + 1).padStart(12, '0'),
    })),
    new Map([[ACCOUNT, seen]]),
  )

it.each([
  ['without the change of which nobody knows', [created, made, renamed('c'), revoked()]],
  ['with it', [created, made, renamed('b'), renamed('c'), revoked()]],
])('a record %s is right', (_name, events) => expect(violations(events)).toEqual([]))

it('a change of which nobody knows may be done late', () =>
  expect(violations([created, made, renamed('c'), revoked(), renamed('b')], state('b', 'active'))).toEqual(
    [],
  ))

it.each<[string, SeenEvent[], RegExp]>([
  ['a change that is missing', [created, made, revoked()], /updated c is missing/],
  [
    'a change that is there twice',
    [created, made, renamed('c'), { ...renamed('c'), id: 'evt_2' }, revoked()],
    /2 times/,
  ],
  ['one event twice', [created, made, renamed('c'), renamed('c'), revoked()], /1 event IDs are there twice/],
  [
    'a change that was refused',
    [created, made, renamed('x'), renamed('c'), revoked()],
    /updated x: nobody asked/,
  ],
  ['changes in another order', [created, renamed('c'), made, revoked()], /created a comes after .*updated c/],
  [
    'a lost change before it was sent',
    [created, renamed('b'), made, renamed('c'), revoked()],
    /created a comes after/,
  ],
])('the oracle finds %s', (_name, events, fault) => expect(violations(events).join('\n')).toMatch(fault))

it('the oracle finds a gap in the numbers', () =>
  expect(violations([created, made, renamed('c'), revoked()], state(), [1, 2, 4, 5]).join('\n')).toMatch(
    /number 4/,
  ))

it('the oracle finds a change that the state has and nobody announced, and the reverse', () => {
  const events = [created, made, renamed('c'), revoked()]
  expect(violations(events, state('b')).join('\n')).toMatch(/has name "b", announced: c/)
  expect(violations(events, { ...state(), keys: [] }).join('\n')).toMatch(
    /key key_1 was announced and is not there/,
  )
  const other = { ...key('z'), id: 'key_2' }
  expect(violations(events, { ...state(), keys: [...state().keys, other] }).join('\n')).toMatch(
    /key_2 is there and was/,
  )
})

it('the oracle finds events of an account that nobody asked for', () => {
  const foreign = { ...created, accountid: 'acct_2', sequence: '1' }
  expect(history().violations([foreign], new Map()).join('\n')).toMatch(/acct_2: nobody asked/)
})
