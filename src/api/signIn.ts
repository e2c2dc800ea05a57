import type { Context } from 'koa'
import { findLogins, type Login } from '../domain/accounts/logins.ts'
import type { Member } from '../domain/accounts/Member.ts'
import { audit } from '../domain/audit/audit.ts'
import type { Actor } from '../domain/commands/Command.ts'
import type { Attempt, Budget } from './attempts.ts'
import type { ApiContext } from './context.ts'
import { passwordCaller } from './passwordCaller.ts'
import { Problem } from './problems.ts'
import { startSession } from './sessions.ts'
import { deviceBudget, emailBudgets, networkBudgets, refusalBudget, successBudget } from './signInBudgets.ts'
import { invalidInput } from './validate.ts'

/**
 * Takes an attempt to sign in before the body is read: of a device that is known, else of the caller's network. It is
 * given back where the attempt does not fail.
 */
export async function requireAttempts(api: ApiContext, ctx: Context): Promise<void> {
  noteIgnoredProxy(api, ctx)
  const device = api.knownDevices.read(ctx)
  // Whether the device is this member's is known once the body is read.
  api.passwords.requireRoom(device ? undefined : passwordCaller(api, ctx))
  const budgets = device ? [deviceBudget(device.id)] : networkBudgets(api.clientIp(ctx.req))
  ctx.state.attempts = [await take(api, budgets)]
}

type Credentials = { email: string; password: string; accountId?: string }

/**
 * Signs in whoever knows the password. Of several accounts that it opens, and none of which was chosen, it signs in
 * to none and returns their members. Throws a Problem: 401 `invalid-credentials`, 429 past the bounds.
 */
export async function signInMember(
  api: ApiContext,
  ctx: Context,
  { email: typed, password, accountId }: Credentials,
): Promise<Member[]> {
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
    const logins = await findLogins(api.em(), email)
    const opened = await openedBy(api, passwordCaller(api, ctx, email), logins, password)
    if (opened.length === 0) noteUsedUp(api, ctx, logins, attempts)
    const chosen =
      accountId === undefined ? opened : opened.filter(({ member }) => member.accountId === accountId)
    const [login] = chosen
    if (!login) throw wrong()
    await take(api, [successBudget(login.member.id)])
    if (chosen.length === 1 && !(await startSession(api, ctx, login))) throw wrong()
    api.knownDevices.remember(ctx, email, api.now())
    if (chosen.length === 1) api.metrics.signIns.inc({ outcome: 'succeeded' })
    await giveBack(attempts)
    return chosen.map(({ member }) => member)
  } catch (error) {
    // Only what was wrong counts, not what we could not do.
    if (!(error instanceof Problem && error.slug === 'invalid-credentials')) await giveBack(attempts)
    else api.metrics.signIns.inc({ outcome: 'failed' })
    throw error
  }
}

async function openedBy(
  api: ApiContext,
  caller: string,
  logins: Login[],
  password: string,
): Promise<Login[]> {
  const hashes = [...new Set(logins.map(({ passwordHash }) => passwordHash))]
  const matching = await api.passwords.matching(caller, hashes, password)
  return logins.filter(({ passwordHash }) => matching.has(passwordHash))
}

/**
 * Checks the password of a login. Guesses by a stolen session or link count like guesses at the sign-in. `field`
 * named it.
 */
export async function requirePassword(
  api: ApiContext,
  ctx: Context,
  login: Login,
  password: string,
  field: string,
): Promise<void> {
  const email = login.member.email.toLowerCase()
  const device = api.knownDevices.read(ctx)
  const isKnown = device?.isFor(email) ?? false
  const budgets = device && isKnown ? [deviceBudget(device.id)] : emailBudgets(email, api.clientIp(ctx.req))
  const attempt = await take(api, budgets)
  const opened = await openedBy(api, passwordCaller(api, ctx, email), [login], password).catch(
    async (error) => {
      await attempt.giveBack()
      throw error
    },
  )
  if (opened.length > 0) return attempt.giveBack()
  noteUsedUp(api, ctx, [login], [attempt])
  throw invalidInput([{ field, message: 'is not your password', code: 'invalid_format' }])
}

async function take(api: ApiContext, budgets: Budget[]): Promise<Attempt> {
  return api.attempts.take(budgets).catch((error) => {
    if (error.slug === 'rate-limit-exceeded') api.metrics.signIns.inc({ outcome: 'refused' })
    throw error
  })
}

/** Gives back what `requireAttempts` took, where what was tried was no password. */
export const giveBackAttempts = (ctx: Context) => giveBack(ctx.state.attempts)

async function giveBack(attempts: Attempt[]): Promise<void> {
  await Promise.all(attempts.map((attempt) => attempt.giveBack()))
}

function wrong(): Problem {
  return new Problem('invalid-credentials', { detail: 'The email address or the password is wrong.' })
}

/**
 * Notes a budget that is used up in the audit log of each account of the address. The answer does not wait for it: how
 * long it takes must not show whether there is such a member.
 */
function noteUsedUp(api: ApiContext, ctx: Context, logins: Login[], attempts: Attempt[]): void {
  const used = attempts.flatMap((attempt) => attempt.used).filter((name) => /^(email|device)/.test(name))
  if (used.length === 0) return
  const { requestId } = ctx.state
  const actor = { type: 'system', id: 'sign-in', ip: api.clientIp(ctx.req), requestId } as const
  auditRefusal(api, logins, { actor, from: blockedBy(used) }).catch((error) =>
    api.log.seldom.error({ requestId, err: error }, 'a blocked sign-in is missing in the audit log'),
  )
}

/**
 * One entry per member and window: not one per guess, and not one per network that used up its attempts. Strangers
 * could make any number of these.
 */
async function auditRefusal(
  api: ApiContext,
  logins: Login[],
  { actor, from }: { actor: Actor; from: ReturnType<typeof blockedBy> },
): Promise<void> {
  for (const { member } of logins) {
    const first = await api.attempts.take([refusalBudget(member.id)]).catch((error) => {
      if (error.slug !== 'rate-limit-exceeded') throw error
    })
    if (!first) continue
    const entry = { action: 'session.refused' as const, targetId: member.id, details: { from } }
    await api
      .em()
      .transactional(async (em) => {
        audit(em, { accountId: member.accountId, actor }, { ...entry, at: api.now() })
      })
      .catch(async (error) => {
        await first.giveBack()
        throw error
      })
  }
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
