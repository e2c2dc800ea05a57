import type { Context } from 'koa'
import { findMemberByEmail } from '../domain/accounts/accountStore.ts'
import type { Member } from '../domain/accounts/Member.ts'
import { audit } from '../domain/audit/audit.ts'
import type { Attempt, Budget } from './attempts.ts'
import type { ApiContext } from './context.ts'
import { Problem } from './problems.ts'
import { startSession } from './sessions.ts'
import { deviceBudget, emailBudgets, networkBudgets, successBudget } from './signInBudgets.ts'
import { invalidInput } from './validate.ts'

/**
 * Takes an attempt to sign in before the body is read: of a device that is known, else of the caller's network. It is given back
 * where the attempt does not fail.
 */
export async function requireAttempts(api: ApiContext, ctx: Context): Promise<void> {
  noteIgnoredProxy(api, ctx)
  api.passwords.requireRoom()
  const device = api.knownDevices.read(ctx)
  const budgets = device ? [deviceBudget(device.id)] : networkBudgets(api.clientIp(ctx.req))
  ctx.state.attempts = [await take(api, budgets)]
}

/** Signs in whoever knows the password. Throws a Problem: 401 `invalid-credentials`, 429 past the bounds. */
export async function signInMember(
  api: ApiContext,
  ctx: Context,
  { email: typed, password }: { email: string; password: string },
): Promise<Member> {
  const email = typed.toLowerCase()
  const attempts: Attempt[] = ctx.state.attempts
  try {
    const address = api.clientIp(ctx.req)
    const device = api.knownDevices.read(ctx)
    // A device of somebody else's is a stranger here.
    const further = device
      ? [...networkBudgets(address), ...emailBudgets(email, address)]
      : emailBudgets(email, address)
    if (!device?.isFor(email)) attempts.push(await take(api, further))
    const member = await findMemberByEmail(api.em(), email)
    const isRight = await api.passwords.verify(member?.passwordHash, password)
    if (!member || !isRight) {
      if (member) noteUsedUp(api, ctx, member, attempts)
      throw wrong()
    }
    await take(api, [successBudget(member.id)])
    if (!(await startSession(api, ctx, member))) throw wrong()
    api.knownDevices.remember(ctx, email, api.now())
    api.metrics.signIns.inc({ outcome: 'succeeded' })
    await giveBack(attempts)
    return member
  } catch (error) {
    // Only what was wrong counts, not what we could not do.
    if (!(error instanceof Problem && error.slug === 'invalid-credentials')) await giveBack(attempts)
    else api.metrics.signIns.inc({ outcome: 'failed' })
    throw error
  }
}

/** Checks a member's present password. Guesses by a stolen session count like guesses at the sign-in. */
export async function requirePassword(
  api: ApiContext,
  ctx: Context,
  member: Member,
  password: string,
): Promise<void> {
  const email = member.email.toLowerCase()
  const device = api.knownDevices.read(ctx)
  const isKnown = device?.isFor(email) ?? false
  const budgets = device && isKnown ? [deviceBudget(device.id)] : emailBudgets(email, api.clientIp(ctx.req))
  const attempt = await take(api, budgets)
  const isRight = await api.passwords.verify(member.passwordHash, password).catch(async (error) => {
    await attempt.giveBack()
    throw error
  })
  if (isRight) return attempt.giveBack()
  noteUsedUp(api, ctx, member, [attempt])
  throw invalidInput([{ field: 'currentPassword', message: 'is not your password', code: 'invalid_format' }])
}

async function take(api: ApiContext, budgets: Budget[]): Promise<Attempt> {
  return api.attempts.take(budgets).catch((error) => {
    if (error.slug === 'rate-limit-exceeded') api.metrics.signIns.inc({ outcome: 'refused' })
    throw error
  })
}

async function giveBack(attempts: Attempt[]): Promise<void> {
  await Promise.all(attempts.map((attempt) => attempt.giveBack()))
}

function wrong(): Problem {
  return new Problem('invalid-credentials', { detail: 'The email address or the password is wrong.' })
}

/**
 * One entry in the account's audit log per budget that is used up: not one per guess, of which strangers could make any number. The
 * answer does not wait for it: how long it takes must not tell whether there is such a member.
 */
function noteUsedUp(api: ApiContext, ctx: Context, member: Member, attempts: Attempt[]): void {
  const used = attempts.flatMap((attempt) => attempt.used).filter((name) => /^(email|device)/.test(name))
  if (used.length === 0) return
  const { requestId } = ctx.state
  const actor = { type: 'system', id: 'sign-in', ip: api.clientIp(ctx.req), requestId } as const
  const entry = {
    at: api.now(),
    action: 'session.refused',
    targetId: member.id,
    details: { from: blockedBy(used) },
  }
  api
    .em()
    .transactional(async (em) => audit(em, { accountId: member.accountId, actor }, entry))
    .catch((error) =>
      api.log.seldom.error({ requestId, err: error }, 'a blocked sign-in is missing in the audit log'),
    )
}

/** From where the member cannot sign in for a while. */
function blockedBy(used: string[]): 'anywhere' | 'device' | 'network' {
  if (used.some((name) => name.startsWith('email:'))) return 'anywhere'
  return used.some((name) => name.startsWith('device:')) ? 'device' : 'network'
}

/** Logs that have it. */
const warned = new WeakSet<ApiContext['log']>()

/** Behind a proxy that TRUSTED_PROXIES does not name, everybody has the proxy's address, and its attempts. */
function noteIgnoredProxy(api: ApiContext, ctx: Context): void {
  if (ctx.get('X-Forwarded-For') === '' || api.clientIp.believes(ctx.req)) return
  api.metrics.forwardedForIgnored.inc()
  if (warned.has(api.log)) return
  warned.add(api.log)
  const peer = api.clientIp(ctx.req)
  api.log.warn({ peer }, 'X-Forwarded-For is ignored: if this peer is your proxy, name it in TRUSTED_PROXIES')
}
