import { createHash, timingSafeEqual } from 'node:crypto'
import { parse as parseBasic } from 'basic-auth'
import type { Context, Middleware } from 'koa'
import type { ApiContext } from './context.ts'
import { createOperatorAttempts } from './operatorAttempts.ts'
import { Problem } from './problems.ts'
import { originOf } from './sameOrigin.ts'
import { toProblem } from './toProblem.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Whether both are right, in a time that says nothing about either. */
function isOperator(given: { name: string; pass: string }, user: string, password: string): boolean {
  const isName = timingSafeEqual(digest(given.name), digest(user))
  const isPassword = timingSafeEqual(digest(given.pass), digest(password))
  return isName && isPassword
}

const isRead = (ctx: Context) => ctx.method === 'GET' || ctx.method === 'HEAD'

/**
 * Lets operators in by HTTP Basic, and no page of another site in their name. Without OPERATOR_PASSWORD what it
 * guards does not exist: never open by default. Make one and use it everywhere: it counts wrong passwords.
 */
export function operatorsOnly(api: ApiContext): Middleware {
  const attempts = createOperatorAttempts(api.now)
  return async (ctx, next) => {
    const { OPERATOR_USER: user, OPERATOR_PASSWORD: password } = api.env
    if (password === undefined) throw new Problem('not-found', { detail: 'There is nothing here.' })
    const given = parseBasic(ctx.get('Authorization'))
    if (!given) throw credentialsNeeded()
    const ip = api.clientIp(ctx.req)
    const { requestId } = ctx.state
    const retryAfter = attempts.waitOf(ip)
    if (retryAfter > 0) {
      const detail = 'Too many wrong operator passwords from here.'
      throw new Problem('rate-limit-exceeded', { detail, retryAfter })
    }
    if (!isOperator(given, user, password)) {
      attempts.failed(ip)
      api.metrics.operatorFailures.inc()
      api.log.warn({ requestId, event: 'operator-refused', ip }, 'wrong operator credentials')
      throw credentialsNeeded()
    }
    attempts.succeeded(ip)
    if (isRead(ctx)) return next()
    // Browsers send these credentials by themselves, whichever page asks.
    if (originOf(ctx, api.env.PUBLIC_URL) !== 'own')
      throw new Problem('insufficient-permissions', {
        detail: 'Only these pages can make changes. Other programs must send the header Origin.',
      })
    const { method, path } = ctx
    const note = (status: number) => {
      const facts = { requestId, event: 'operator-action', operator: user, method, path, status, ip }
      api.log.info(facts, 'an operator sent a change')
    }
    try {
      await next()
    } catch (error) {
      note(toProblem(error).status)
      throw error
    }
    note(ctx.status)
  }
}

function credentialsNeeded(): Problem {
  return new Problem(
    'missing-authorization',
    { detail: 'This requires the operator’s credentials.' },
    { 'WWW-Authenticate': 'Basic realm="operators", charset="UTF-8"' },
  )
}
