import { TEST_RENDERS_PER_DAY } from '../../domain/accounts/plans.ts'
import type { KeyType } from '../../domain/keys/keyFormat.ts'
import type { AccountState } from '../../domain/keys/keyState.ts'
import { PER_DAY } from '../../domain/metering/decisionCodes.ts'
import type { Verification } from '../Verifier.ts'
import { readHeaderLines } from './headerLines.ts'

/** One limit as counted by the admission script. `reset` in Unix seconds, `resetIn` in seconds. */
export type Limit = {
  name: string
  limit: number
  remaining: number
  reset: number
  resetIn: number
  windowSeconds: number
}

const MINUTE = 60
const DAY = 86_400

/** The limits that apply to a verified request, as they stood when it was decided. Unlimited ones are absent. */
export function limitsOf({ key, account, decision }: Verification): Limit[] {
  if (!key || !account || !decision) return []
  const now = Math.floor(decision.now / 1000)
  const limits: Limit[] = []
  const add = (name: string, limit: number, used: number, end: number, windowSeconds: number) => {
    if (limit < 0) return
    limits.push({
      name,
      limit,
      remaining: Math.max(0, limit - used),
      reset: end,
      resetIn: Math.max(1, end - now),
      windowSeconds,
    })
  }
  const minuteEnd = (Math.floor(now / MINUTE) + 1) * MINUTE
  const dayEnd = (Math.floor(now / DAY) + 1) * DAY
  add('minute', account.requestsPerMinute, decision.inMinute, minuteEnd, MINUTE)
  add('day', account.requestsPerDay, decision.inDay, dayEnd, DAY)
  if (key.type === 'test') add('test-renders', TEST_RENDERS_PER_DAY, decision.renders, dayEnd, DAY)
  else add('month-renders', account.rendersPerMonth, decision.renders, monthEnd(decision.now), 30 * DAY)
  return limits
}

let month = { start: 0, end: 0 }

/** Unix seconds of the next UTC month's start; remembered, for it is asked with every request. */
function monthEnd(nowMs: number): number {
  const seconds = nowMs / 1000
  if (seconds < month.start || seconds >= month.end) {
    const now = new Date(nowMs)
    const at = (months: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months) / 1000
    month = { start: at(0), end: at(1) }
  }
  return month.end
}

/**
 * The headers of a verified request as lines: `X-RateLimit-…` for the minute, the IETF pair
 * (draft-ietf-httpapi-ratelimit-headers-10) for all.
 */
export function limitLines(verification: Verification, limits: Limit[]): string {
  const { decision } = verification
  if (!decision) return ''
  let lines = `X-Usage-Requests-Today: ${decision.inDay}\r\n`
  let state = ''
  for (const { name, limit, remaining, reset, resetIn } of limits) {
    if (name === 'minute')
      lines += `X-RateLimit-Limit: ${limit}\r\nX-RateLimit-Remaining: ${remaining}\r\nX-RateLimit-Reset: ${reset}\r\n`
    state += `${state === '' ? '' : ', '}"${name}";r=${remaining};t=${resetIn}`
  }
  const policy = policyOf(verification, limits)
  return policy === '' ? lines : `${lines}RateLimit-Policy: ${policy}\r\nRateLimit: ${state}\r\n`
}

/** The same by name. */
export const limitHeaders = (verification: Verification, limits: Limit[]): Record<string, string> =>
  Object.fromEntries(readHeaderLines(limitLines(verification, limits)))

const policies = new WeakMap<AccountState, Record<KeyType, string | undefined>>()

/** The limits without their state: the same text as long as the account's are the same. */
function policyOf({ key, account }: Verification, limits: Limit[]): string {
  if (!key || !account) return ''
  let known = policies.get(account)
  if (!known) {
    known = { live: undefined, test: undefined }
    policies.set(account, known)
  }
  known[key.type] ??= limits
    .map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`)
    .join(', ')
  return known[key.type] ?? ''
}

/** Seconds until a refused request may be admitted again: the end of the limit that refused it. */
export function retryAfterOf({ code, decision }: Verification, limits: Limit[]): number | undefined {
  const ends = (name: string) => limits.find((limit) => limit.name === name)?.resetIn
  // Without a decision it is the address that has presented too many unknown keys in this minute.
  if (code === 'RATE_LIMITED' && !decision) return MINUTE
  if (code === 'RATE_LIMITED') return decision?.code === PER_DAY ? ends('day') : ends('minute')
  if (code === 'QUOTA_EXCEEDED') return ends('test-renders')
  if (code === 'PLAN_LIMIT_EXCEEDED') return ends('month-renders')
  return undefined
}
