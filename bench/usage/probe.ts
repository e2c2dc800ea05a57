import { setTimeout as delay } from 'node:timers/promises'
import type { Keys } from '../createKeys.ts'
import type { Service } from '../startService.ts'

export type Kind = 'event' | 'verification'

/** A key that nobody else uses: whoever waits for an event looks for the count that it makes. */
export type Watched = { keyId: string; value: string }

/** `pollMs` lie between an answer and the next question. `headers`: of the request that is to show. */
export type ProbeOptions = Watched & {
  kind: Kind
  id: string
  pollMs: number
  headers?: Record<string, string>
}

/**
 * When it was acknowledged, in ms since 1970; ms from then to the answer that shows it, how often was asked, and how
 * long the last answer took.
 */
export type Freshness = { acknowledgedAt: number; ms: number; polls: number; lastPollMs: number }

const BOUND_MS = 60_000

/** Reports one event, or verifies once, and asks for the key's usage, again and again, until it is there. */
export async function probe(
  { api }: Service,
  keys: Keys,
  { keyId, value, kind, id, pollMs, headers: further }: ProbeOptions,
): Promise<Freshness> {
  const service = { Authorization: `Bearer ${keys.serviceToken}`, 'Content-Type': 'application/json' }
  const readRequests = async (): Promise<number> => {
    const headers = { Authorization: `Bearer ${keys.adminKey}` }
    const response = await fetch(`${api.url}/api-keys/${keyId}/usage`, { headers })
    if (response.status !== 200) throw new Error(`No usage: ${response.status} ${await response.text()}`)
    const { windows } = (await response.json()) as { windows: { '24h': { requests: number } } }
    return windows['24h'].requests
  }
  const before = await readRequests()
  const event = {
    id,
    at: new Date().toISOString(),
    keyId,
    status: 200,
    latencyMs: 80,
    ip: '203.0.113.7',
    endpoint: '/image',
  }
  const [path, body, status] =
    kind === 'event'
      ? ['/usage/events', { events: [event] }, 202]
      : ['/verify', { key: value, permission: 'renders:write', ip: '203.0.113.7', endpoint: '/image' }, 200]
  const response = await fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { ...service, ...further },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { valid?: boolean }
  const start = performance.now()
  const acknowledgedAt = performance.timeOrigin + start
  if (response.status !== status || answer.valid === false)
    throw new Error(`${path} answered ${response.status} ${JSON.stringify(answer)}`)
  for (let polls = 1; ; polls++) {
    const asked = performance.now()
    const requests = await readRequests()
    const now = performance.now()
    if (requests === before + 1) return { acknowledgedAt, ms: now - start, polls, lastPollMs: now - asked }
    if (requests !== before) throw new Error(`${keyId} shows ${requests}, where ${before + 1} was to come`)
    if (now - start > BOUND_MS) throw new Error(`${id} does not show after ${BOUND_MS} ms`)
    if (pollMs > 0) await delay(pollMs)
  }
}
