import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { limitsOf } from '../../src/domain/accounts/plans.ts'
import type { ApiKey } from '../../src/domain/keys/ApiKey.ts'
import { permissionsFor } from '../../src/domain/keys/access.ts'
import { createSecretParser, digestOf, generateSecret } from '../../src/domain/keys/keyFormat.ts'
import {
  decideRotation,
  decideUpdate,
  requireDeletable,
  requireRoom,
  requireUnrotated,
  statusOf,
} from '../../src/domain/keys/keyRules.ts'
import { newRequestId, parseRequestId } from '../../src/domain/metering/requestId.ts'
import { SEED_PLANS } from '../support/seedPlans.ts'

const now = new Date('2026-11-22T12:00:00Z')
const later = new Date('2026-11-22T13:00:00Z')
const earlier = new Date('2026-11-22T11:00:00Z')

const key = (fields: Partial<ApiKey> = {}): ApiKey => ({
  id: 'key_1',
  accountId: 'acct_1',
  name: 'One',
  type: 'live',
  access: 'full',
  permissions: ['renders:write'],
  status: 'active',
  digest: 'd',
  hint: 'wxyz',
  allowedIps: [],
  metadata: {},
  version: 3,
  createdAt: earlier,
  createdBy: 'mem_1',
  expiresAt: null,
  revokedAt: null,
  revokedReason: null,
  rotatedFrom: null,
  importedAt: null,
  ...fields,
})

const codeOf = (task: () => unknown) => {
  try {
    task()
    return 'fine'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('the key format', () => {
  const parse = createSecretParser('pk', ['live', 'test'])
  const { value, digest, hint } = generateSecret('pk', 'live')

  it('is prefix, type, 32 random characters and their CRC-32 in base62', () => {
    expect(value).toMatch(/^pk_live_[0-9A-Za-z]{38}$/)
    expect(hint).toBe(value.slice(-4))
    expect(parse(value)).toEqual({ digest: digestOf(value) })
    expect(digest).toMatch(/^[\w-]{43}$/)
    // Written out once more, digit by digit, so that a change of the format cannot pass unseen.
    const random = '0'.repeat(32)
    let rest = crc32(random)
    let checksum = ''
    for (let index = 0; index < 6; index++) {
      checksum = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'[rest % 62] + checksum
      rest = Math.floor(rest / 62)
    }
    expect(parse(`pk_test_${random}${checksum}`)).toHaveProperty('digest')
  })

  it.each([
    ['', /empty/],
    [` ${value}`, /white space/],
    [`${value}\n`, /white space/],
    [value.replace('pk_live', 'sk_live'), /does not start with/],
    [value.slice(0, -1), /characters, not/],
    [`${value}x`, /characters, not/],
    [`${value.slice(0, -1)}-`, /character that no key has/],
    [value.slice(0, 8) + (value[8] === 'a' ? 'b' : 'a') + value.slice(9), /checksum/],
  ])('refuses %j and says why', (text, hintOfIt) => {
    expect(parse(text)).toEqual({ hint: expect.stringMatching(hintOfIt) })
  })

  it('refuses every single-character typo', () => {
    for (let at = 8; at < value.length; at++) {
      const typo = value.slice(0, at) + (value[at] === 'Z' ? 'Y' : 'Z') + value.slice(at + 1)
      expect(parse(typo)).toHaveProperty('hint')
    }
  })
})

describe('status and plan', () => {
  it.each([
    [key(), 'active'],
    [key({ expiresAt: later }), 'active'],
    [key({ expiresAt: now }), 'expired'],
    [key({ status: 'revoked', expiresAt: earlier }), 'revoked'],
  ])('case %# is %s', (subject, status) => expect(statusOf(subject, now)).toBe(status))

  it.each([
    ['free', 'live', 1, 'fine'],
    ['free', 'live', 2, 'key-limit-reached'],
    ['free', 'test', 5, 'key-limit-reached'],
    ['pro', 'live', 9, 'fine'],
    ['business', 'test', 50, 'key-limit-reached'],
    ['enterprise', 'live', 100_000, 'fine'],
  ] as const)('%s with %s keys, %i active: one more is %s', (plan, type, used, outcome) => {
    expect(codeOf(() => requireRoom(plan, SEED_PLANS[plan], type, used))).toBe(outcome)
  })

  it('own limits take the place of the plan’s', () => {
    expect(limitsOf(SEED_PLANS.enterprise, { liveKeys: 3 })).toMatchObject({ liveKeys: 3, testKeys: null })
  })
})

describe('edits', () => {
  it.each([
    [key(), { name: 'New' }, undefined, 'fine'],
    [key(), { name: 'New' }, '"v3"', 'fine'],
    [key(), { name: 'New' }, '"v1", "v3"', 'fine'],
    [key(), { name: 'New' }, '*', 'fine'],
    [key(), { name: 'New' }, '"v2"', 'precondition-failed'],
    [key(), { name: 'New' }, 'W/"v3"', 'precondition-failed'],
    [key({ status: 'revoked' }), { name: 'New' }, undefined, 'fine'],
    [key({ status: 'revoked' }), { expiresAt: later }, undefined, 'key-not-active'],
    [key({ expiresAt: earlier }), { expiresAt: later }, undefined, 'key-not-active'],
    [key(), { expiresAt: earlier }, undefined, 'validation-error'],
    [key(), { permissions: ['keys:manage'] }, undefined, 'validation-error'],
  ])('case %#', (subject, changes, ifMatch, outcome) => {
    expect(codeOf(() => decideUpdate(subject, changes, ifMatch, now))).toBe(outcome)
  })

  it('a new access brings its permissions along', () => {
    expect(decideUpdate(key(), { access: 'read_only' }, undefined, now)).toEqual({
      access: 'read_only',
      permissions: ['renders:read', 'usage:read'],
    })
  })
})

describe('permissions', () => {
  it.each([
    ['admin', undefined, 'fine'],
    ['admin', ['keys:manage'], 'fine'],
    ['full', ['templates:write'], 'fine'],
    ['full', ['members:manage'], 'validation-error'],
    ['read_only', ['templates:read'], 'fine'],
    ['read_only', ['templates:write'], 'validation-error'],
  ] as const)('%s with %j: %s', (access, explicit, outcome) => {
    expect(codeOf(() => permissionsFor(access, explicit))).toBe(outcome)
  })
})

describe('rotation and deletion', () => {
  it('ends the old key after the overlap, and never later than it would have ended', () => {
    expect(decideRotation(key(), 60, now)).toEqual({
      oldExpiresAt: new Date('2026-11-22T12:01:00Z'),
      newExpiresAt: null,
      freesPlace: false,
    })
    expect(decideRotation(key({ expiresAt: later }), 86_400, now).oldExpiresAt).toEqual(later)
    expect(decideRotation(key(), 0, now)).toEqual({ oldExpiresAt: now, newExpiresAt: null, freesPlace: true })
    expect(decideRotation(key({ expiresAt: later }), 0, now).newExpiresAt).toEqual(
      new Date('2026-11-22T14:00:00Z'),
    )
    expect(codeOf(() => decideRotation(key({ status: 'revoked' }), 0, now))).toBe('key-not-active')
  })

  it('gives a key one successor, and names it to whoever asks for another', () => {
    expect(codeOf(() => requireUnrotated(undefined))).toBe('fine')
    expect(codeOf(() => requireUnrotated('key_2'))).toBe('key-already-rotated')
  })

  it('deletes only what can never be used again', () => {
    expect(codeOf(() => requireDeletable(key(), now))).toBe('key-not-revoked')
    expect(codeOf(() => requireDeletable(key({ status: 'revoked' }), now))).toBe('fine')
    expect(codeOf(() => requireDeletable(key({ expiresAt: earlier }), now))).toBe('fine')
  })
})

it('a request ID says when it was decided and whether it was admitted', () => {
  const at = Date.UTC(2026, 10, 22)
  expect(parseRequestId(newRequestId(at, true))).toEqual({ at, admitted: true, knows: 0 })
  for (const knows of [1, 2, 3]) {
    expect(parseRequestId(newRequestId(at, false, knows))).toEqual({ at, admitted: false, knows })
    expect(parseRequestId(newRequestId(at, true, knows))).toEqual({ at, admitted: true, knows })
  }
  expect(parseRequestId(newRequestId(at, false))).toEqual({ at, admitted: false, knows: 0 })
  for (const text of ['', 'req_', `${newRequestId(at, true)}x`, 'req_0VbkYVQFzaGCtsnqoDsFhX']) {
    expect(parseRequestId(text)).toBeUndefined()
  }
  expect(new Set(Array.from({ length: 1_000 }, () => newRequestId(at, true))).size).toBe(1_000)
})
