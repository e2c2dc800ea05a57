import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { jobs } from '../../src/domain/jobs.ts'
import {
  type DecidedBatch,
  type DecidedVerification,
  forEachVerification,
} from '../../src/domain/metering/decidedBatch.ts'
import * as decisionCodes from '../../src/domain/metering/decisionCodes.ts'
import { ADMIT, REVOKED, STALE } from '../../src/domain/metering/decisionCodes.ts'
import { newRequestId } from '../../src/domain/metering/requestId.ts'
import type { KnownKey, Ticket } from '../../src/domain/metering/Ticket.ts'
import { forEachEvent, toRow, type UsageEvent } from '../../src/domain/metering/usageEvent.ts'
import { contextOf, encodeBatch } from '../../src/domain/metering/verificationBatch.ts'
import { codeName } from '../../src/domain/metering/verificationCode.ts'
import { admitArgs } from '../../src/region/admitArgs.ts'
import { scripts } from '../../src/region/scripts.ts'
import { cached } from '../support/regionFixtures.ts'

describe('decision codes', () => {
  it('are those of the scripts, under the same names', () => {
    for (const [name, code] of Object.entries(decisionCodes)) {
      expect(scripts.admit).toContain(`local ${name} = ${code}\n`)
      expect(scripts.takeBack).toContain(`local ${name} = ${code}\n`)
    }
  })

  it('of releases in use keep their meaning: jobs and Redis hold them', () => {
    expect({ ...decisionCodes }).toEqual({
      ADMIT: 0,
      STALE: 1,
      PER_MINUTE: 2,
      PER_DAY: 3,
      QUOTA: 4,
      MONTH: 5,
      EXPIRED: 6,
      REVOKED: 7,
      FORBIDDEN: 8,
      IP_NOT_ALLOWED: 9,
      DELETED: 10,
      SUSPENDED: 11,
      AUTHENTICATE: 20,
      REPEATED: 30,
      CONFLICT: 31,
    })
    expect(codeName(decisionCodes.MONTH)).toBe('PLAN_LIMIT_EXCEEDED')
  })
})

describe('a usage event', () => {
  const requestId = newRequestId(1_764_000_000_000, true)
  const whole = {
    id: 'event-1',
    keyId: 'key_1',
    accountId: 'acct_1',
    at: 1_764_000_123_456,
    status: 503,
    latencyMs: 12.5,
    units: 3,
    ip: '203.0.113.7',
    endpoint: '/image?key=pk_live_secret#part',
    method: 'GET',
  }
  const decoded = (events: UsageEvent[]) => {
    const all: UsageEvent[] = []
    forEachEvent(events.map(toRow), (event) => all.push({ ...event }))
    return all
  }

  it('travels in the form that the release before reads', () => {
    expect(toRow(whole)).toEqual([
      'event-1',
      'key_1',
      'acct_1',
      1_764_000_123_456,
      503,
      12.5,
      3,
      null,
      '203.0.113.7',
      '/image',
      'GET',
    ])
    const least = { id: 'event-2', keyId: 'key_1', accountId: 'acct_1', at: 1, status: 200 }
    expect(toRow({ ...least, requestId })).toEqual([
      'event-2',
      'key_1',
      'acct_1',
      1_764_000_000_000,
      200,
      null,
      0,
      requestId,
      null,
      null,
      null,
    ])
    expect(jobs['roll-up-events'].data.parse({ events: [toRow(whole)] })).toEqual({ events: [toRow(whole)] })
    const isJob = (row: unknown) => jobs['roll-up-events'].data.safeParse({ events: [row] }).success
    const rows: unknown[][] = [toRow(whole), toRow(least)]
    expect(rows.map(isJob)).toEqual([true, true])
    for (const row of rows) {
      row.forEach((_, place) => {
        for (const wrong of [undefined, {}, true, Number.NaN, 2 ** 53, ...(place < 3 ? [null, 1] : [])])
          if (place !== 5 || wrong !== 2 ** 53)
            expect([place, isJob(row.with(place, wrong))]).toEqual([place, false])
      })
      expect([row.slice(1), [...row, null], 'row', null].some(isJob)).toBe(false)
    }
  })

  it('arrives under the names it left with, and takes nothing from the one before it', () => {
    const least = { id: 'event-2', keyId: 'key_2', accountId: 'acct_2', at: 5, status: 200, requestId }
    expect(decoded([whole, least])).toEqual([
      { ...whole, endpoint: '/image' },
      { ...least, at: 1_764_000_000_000, units: 0 },
    ])
  })
})

describe('a batch of verifications', () => {
  const keyOf = (keyId: string, accountId: string, more: Partial<KnownKey['state']> = {}): KnownKey => {
    const { state, account } = cached()
    return {
      name: `${keyId}:1`,
      version: '1',
      state: { ...state, keyId, accountId, digest: `digest of ${keyId}`, ...more },
      account: { version: '4', state: { ...account.state, accountId, requestsPerDay: 9 } },
    }
  }
  const [live, test, other] = [
    keyOf('key_live', 'acct_1', { expiresAt: 77 }),
    keyOf('key_test', 'acct_1', { type: 'test' }),
    keyOf('key_other', 'acct_2'),
  ]
  const ask = (
    key: KnownKey,
    context: [ip?: string, endpoint?: string, method?: string],
    more: Partial<Ticket> = {},
  ) => ({
    ticket: { key, verdict: ADMIT, units: 0, context: contextOf(...context), ...more },
  })
  const requests = [
    ask(live, ['203.0.113.1', '/a', 'GET'], { units: 2 }),
    ask(other, [], { verdict: REVOKED }),
    ask(test, ['203.0.113.1', '/a', 'GET'], { units: 5 }),
    ask(live, ['203.0.113.2'], { once: { name: 'n', requestHash: 'h', tail: 't' } }),
  ]
  const identity = { verifier: 'v', sequence: 3, batchId: randomUUID() }

  it('names keys, accounts and contexts once, in the form that the scripts of the release before read', () => {
    const { ordered, batch } = encodeBatch(requests, identity)
    expect(ordered).toEqual([requests[0], requests[3], requests[1], requests[2]])
    expect(batch).toEqual({
      ...identity,
      groups: [
        [1, 77, 0, ADMIT, 2, 0, ADMIT, 0, 2],
        [2, 0, 0, REVOKED, 0, 1],
        [1, 0, 1, ADMIT, 5, 0],
      ],
      // One has a key that may have expired, one a refusal, one is a test key: a look at each of their requests.
      plain: [1, 0, 2, 2, 0, 0, 1, 0, 5],
      soonest: 0,
      limits: [
        [-1, 9, -1, 0],
        [-1, 9, -1, 0],
      ],
      contexts: requests.flatMap(({ ticket }, place) => (place === 2 ? [] : ticket.context)),
      digests: ['digest of key_live', 'digest of key_other', 'digest of key_test'],
      versions: ['1', '1', '1'],
      keyIds: ['key_live', 'key_other', 'key_test'],
      accountIds: ['acct_1', 'acct_2'],
      accountVersions: ['4', '4'],
      once: [[2, 'n', 'h', 't']],
      tokens: [],
    })
  })

  it('reaches the script under the names of its parts', () => {
    const queues = { meteringPrefix: 'bull:metering:', slotsPrefix: 'bull:slots:' }
    const region = { name: 'eu', kind: 'leased', ...queues } as const
    const { batch } = encodeBatch(requests, identity)
    const args = admitArgs(region, batch, 12_345)
    const head = scripts.admit.match(/local arg = \{ (.*) \}/)?.[1] ?? ''
    const named = Object.fromEntries(
      [...head.matchAll(/(\w+) = ARGV\[(\d+)\]/g)].map(([, name, place]) => [name, args[Number(place) - 3]]),
    )
    expect(named).toMatchObject({
      deadline: 12_345,
      verifier: 'v',
      sequence: 3,
      batchId: identity.batchId,
      kind: 'leased',
      region: 'eu',
      queue: 'bull:metering:',
      slots: 'bull:slots:',
      keys: '["key_live","key_other","key_test"]',
      groups: JSON.stringify(batch.groups),
    })
  })

  it('is read with a name for each part, in the order of its results', () => {
    const { batch } = encodeBatch(requests, identity)
    const decided: DecidedBatch = {
      batchId: identity.batchId,
      region: 'eu',
      at: 1_764_000_000_000,
      keys: batch.keyIds,
      accounts: batch.accountIds,
      contexts: batch.contexts.map((context) => JSON.parse(context)),
      groups: batch.groups,
      results: `${ADMIT},1,1,2,${STALE},1,1,2,${REVOKED},0,0,0,${ADMIT},1,1,5`,
    }
    expect(jobs['roll-up-verifications'].data.parse(decided)).toEqual(decided)
    const seen: DecidedVerification[] = []
    forEachVerification(decided, (verification) => seen.push({ ...verification }))
    const all = { region: 'eu', at: 1_764_000_000_000, isTest: false, units: 0 }
    const [accountId, nobody] = ['acct_1', { ip: undefined, endpoint: undefined, method: undefined }]
    const first = { ip: '203.0.113.1', endpoint: '/a', method: 'GET' }
    expect(seen).toEqual([
      { ...all, keyId: 'key_live', accountId, code: ADMIT, ...first, units: 2 },
      { ...all, keyId: 'key_live', accountId, code: STALE, ...nobody, ip: '203.0.113.2' },
      { ...all, keyId: 'key_other', accountId: 'acct_2', code: REVOKED, ...nobody },
      { ...all, keyId: 'key_test', accountId, code: ADMIT, ...first, isTest: true, units: 5 },
    ])
  })
})
