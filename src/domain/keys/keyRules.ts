import type { PlanLimits } from '../accounts/plans.ts'
import { Failure, invalid } from '../failure.ts'
import type { ApiKey } from './ApiKey.ts'
import { permissionsFor } from './access.ts'
import type { KeyType } from './keyFormat.ts'

export type KeyStatus = 'active' | 'revoked' | 'expired'

/** What callers see of a key's status: an active key past its expiry is `expired`. */
export function statusOf(key: Pick<ApiKey, 'status' | 'expiresAt'>, now: Date): KeyStatus {
  if (key.status !== 'active') return 'revoked'
  return key.expiresAt && key.expiresAt <= now ? 'expired' : 'active'
}

export function notFound(): Failure {
  return new Failure('api-key-not-found', { detail: 'There is no API key with this ID.' })
}

/** Why the plan has no room for one key more; undefined where it has. `used` counts the active keys of the type. */
export function roomFor(plan: string, limits: PlanLimits, type: KeyType, used: number): string | undefined {
  const limit = limitFor(limits, type)
  if (limit === null || used < limit) return undefined
  return `The plan "${plan}" has ${limit} ${type} keys, and ${used} are active. Revoke one or change the plan.`
}

/** Refuses one key more than the plan allows. */
export function requireRoom(plan: string, limits: PlanLimits, type: KeyType, used: number): void {
  const detail = roomFor(plan, limits, type, used)
  if (detail === undefined) return
  throw new Failure('key-limit-reached', {
    detail,
    plan,
    limit: limitFor(limits, type),
    used,
    keyType: type,
  })
}

export const limitFor = (limits: PlanLimits, type: KeyType) =>
  type === 'live' ? limits.liveKeys : limits.testKeys

function requireActive(key: ApiKey, now: Date, action: string): void {
  const status = statusOf(key, now)
  if (status === 'active') return
  throw new Failure('key-not-active', {
    detail: `Only an active key can be ${action}; this one is ${status}.`,
    keyStatus: status,
  })
}

export function requireFuture(field: string, at: Date | null | undefined, now: Date): void {
  if (at && at <= now) throw invalid(field, 'out_of_range', 'must be in the future')
}

export type KeyChanges = Partial<
  Pick<ApiKey, 'name' | 'access' | 'permissions' | 'allowedIps' | 'expiresAt' | 'metadata'>
>

/**
 * The fields to write for an edit. Name and metadata can be changed on any key; what decides about
 * requests only on an active one, so that an edit can never bring a key back.
 */
export function decideUpdate(
  key: ApiKey,
  changes: KeyChanges,
  ifMatch: string | undefined,
  now: Date,
): KeyChanges {
  requireVersion(key, ifMatch)
  const { name, metadata, ...deciding } = changes
  const written: KeyChanges = {}
  if (name !== undefined) written.name = name
  if (metadata !== undefined) written.metadata = metadata
  if (Object.values(deciding).some((value) => value !== undefined)) {
    requireActive(key, now, 'edited')
    requireFuture('expiresAt', deciding.expiresAt, now)
    if (deciding.allowedIps !== undefined) written.allowedIps = deciding.allowedIps
    if (deciding.expiresAt !== undefined) written.expiresAt = deciding.expiresAt
    if (deciding.access !== undefined || deciding.permissions !== undefined) {
      written.access = deciding.access ?? key.access
      written.permissions = permissionsFor(written.access, deciding.permissions)
    }
  }
  return written
}

/** The last instant that ISO 8601 writes with a year of four digits. */
const LATEST_EXPIRY = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** A key has one successor: a second one would make it unclear which of them replaces it. */
export function requireUnrotated(successorId: string | undefined): void {
  if (successorId === undefined) return
  throw new Failure('key-already-rotated', {
    detail: `This key was rotated: its successor is ${successorId}. Rotate that one, or create a key.`,
    successorId,
  })
}

/**
 * Rotating takes an active key. The successor of a key without an expiry has none. That of a key with one lives as
 * long as the old key was to live, from its creation to its expiry, counted from now. With no overlap the old key
 * ends at once and leaves its place to the new one.
 */
export function decideRotation(
  key: ApiKey,
  overlapSeconds: number,
  now: Date,
): { oldExpiresAt: Date; newExpiresAt: Date | null; freesPlace: boolean } {
  requireActive(key, now, 'rotated')
  const end = new Date(now.getTime() + overlapSeconds * 1000)
  const oldExpiresAt = key.expiresAt && key.expiresAt < end ? key.expiresAt : end
  const lifetime = key.expiresAt && key.expiresAt.getTime() - key.createdAt.getTime()
  const newExpiresAt =
    lifetime === null || lifetime === undefined
      ? null
      : new Date(Math.min(now.getTime() + lifetime, LATEST_EXPIRY))
  return { oldExpiresAt, newExpiresAt, freesPlace: overlapSeconds === 0 }
}

/** Only revoked keys can be deleted; an expired one may be too, for it can never be used again. */
export function requireDeletable(key: ApiKey, now: Date): void {
  if (statusOf(key, now) !== 'active') return
  throw new Failure('key-not-revoked', { detail: 'Only a revoked key can be deleted. Revoke it first.' })
}

/** Refuses a change that was decided on another version than the current one. */
export function requireVersion(key: ApiKey, ifMatch: string | undefined): void {
  if (ifMatch === undefined || matchesVersion(ifMatch, key.version)) return
  throw new Failure('precondition-failed', {
    detail: `The key has changed: its ETag is now ${etagOf(key.version)}. Read it again.`,
    currentVersion: key.version,
  })
}

/** The `ETag` of a version: strong, `"v3"`. */
export const etagOf = (version: number) => `"v${version}"`

/** RFC 9110 §13.1.1: `*`, or a list of strong tags; a weak tag never matches. */
export function matchesVersion(ifMatch: string, version: number): boolean {
  if (ifMatch.trim() === '*') return true
  return ifMatch.split(',').some((tag) => tag.trim() === etagOf(version))
}
