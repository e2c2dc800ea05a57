import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { actorOfGuest, type Guest, insertGuest } from '../domain/accounts/guestSessions.ts'
import type { GuestFacts } from '../domain/accounts/sessionLinks.ts'
import { audit } from '../domain/audit/audit.ts'
import { digestOf } from '../domain/keys/keyFormat.ts'
import type { Em } from '../platform/postgres.ts'
import type { ApiContext } from './context.ts'
import { deleteAnySession, originOfCall, readSession, writeSession } from './sessions.ts'

/**
 * Starts a guest's session under a new cookie, in the place of the browser's former session. `take` takes the link, in
 * the same transaction: what it throws leaves both the link and the former session as they are.
 */
export async function startGuestSession(
  api: ApiContext,
  ctx: Context,
  take: (em: Em) => Promise<GuestFacts>,
): Promise<Guest> {
  const former = readSession(api, ctx)
  const value = randomBytes(32).toString('base64url')
  const at = api.now()
  const guest = await api.em().transactional(async (em) => {
    const facts = await take(em)
    if (former) await deleteAnySession(api, ctx, em, former)
    const started = await insertGuest(em, digestOf(value), facts, at)
    const { id, accountId, role } = started
    const actor = { ...actorOfGuest(started), ...originOfCall(api, ctx) }
    audit(em, { accountId, actor }, { at, action: 'session.started', targetId: id, details: { role } })
    return started
  })
  writeSession(api, ctx, value, guest.expiresAt)
  return guest
}
