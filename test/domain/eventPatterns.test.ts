import { describe, expect, it } from 'vitest'
import { accountEvent } from '../../src/domain/events/accountEvent.ts'
import {
  ACCOUNT_PATTERNS,
  neededFor,
  OPERATOR_PATTERNS,
  typesOf,
} from '../../src/domain/events/eventPatterns.ts'
import { EVENT_TYPE_NAMES } from '../../src/domain/events/eventTypes.ts'

describe('promise 8: an account subscribes to', () => {
  it('what happens to itself, and to nothing that is the operators’ alone', () => {
    const types = typesOf(['*'], true) ?? []
    const groups = [...new Set(types.map((type) => type.split('.')[0]))]
    for (const group of groups) expect(['account', 'alert', 'api_key', 'member', 'usage']).toContain(group)
    const others = EVENT_TYPE_NAMES.filter((type) => !types.includes(type))
    expect(others).toEqual(['account.created', 'account.erased'])
    for (const type of others) expect(ACCOUNT_PATTERNS).not.toContain(type)
  })

  it('events without the company’s own ID and notes', () => {
    const account = { id: 'acct_1', externalId: 'customer-1', metadata: { risk: 'high' }, plan: 'pro' }
    const data = { account, fields: ['metadata'], actor: { type: 'operator_token', id: 'optok_1' } }
    const row = { position: '1', id: 'evt_1', account_id: 'acct_1', sequence: '1', subject: 'acct_1' }
    const event = accountEvent({ ...row, type: 'account.updated', at: new Date(0), data })
    expect(event.data).toEqual({ ...data, account: { id: 'acct_1', plan: 'pro' } })
    expect(data.account).toBe(account)
  })
})

it.each([
  [['*'], undefined],
  [['api_key.revoked'], ['api_key.revoked']],
  [
    ['member.*', 'account.erased'],
    ['account.erased', 'member.added', 'member.invited', 'member.joined', 'member.removed', 'member.updated'],
  ],
] as const)('an operator who lists %j gets %j', (patterns, types) => {
  expect(typesOf(patterns, false)).toEqual(types)
})

it('operators may list every type, every group, and all', () => {
  const groups = new Set(EVENT_TYPE_NAMES.map((type) => `${type.split('.')[0]}.*`))
  expect([...OPERATOR_PATTERNS].sort()).toEqual(['*', ...groups, ...EVENT_TYPE_NAMES].sort())
})

it.each([
  [['alert.firing'], ['alerts:manage']],
  [
    ['api_key.*', 'account.suspended'],
    ['account:read', 'keys:manage'],
  ],
  [[], []],
] as const)('promise 10: to subscribe to %j takes %j', (patterns, permissions) => {
  expect(neededFor(patterns).toSorted()).toEqual(permissions)
})
