import { expect, vi } from 'vitest'
import { type ClientOptions, createClient } from '../../packages/client/createClient.ts'
import type { KeysProblem } from '../../packages/client/KeysProblem.ts'

export const TOKEN = 'pk_operator_secret'
export const BASE = 'https://keys.example.com'

type Sent = { method: string; path: string; headers: Record<string, string>; body: string | undefined }
export type Reply = Response | Error | 'hangs'

export const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json', ...headers },
  })
export const problem = (status: number, slug: string, headers?: Record<string, string>) =>
  json(
    status,
    { type: `https://docs.pictify.io/errors/${slug}`, title: slug, status, detail: `It is ${slug}.` },
    headers,
  )
export const pending = { operation: { id: 'op_1', kind: 'any', status: 'pending' } }
export const operation = (status: string, more: object = {}) =>
  json(200, { id: 'op_1', status, problem: null, ...more })

/** A client whose service gives these replies, one after the other, and what was sent for them. */
export function clientOf(replies: Reply[], options: Partial<ClientOptions> = {}) {
  const sent: Sent[] = []
  const fake: typeof fetch = (url, { method = '', headers, body, signal, redirect } = {}) => {
    expect(redirect).toBe('error')
    sent.push({
      method,
      path: String(url).slice(BASE.length),
      headers: headers as Record<string, string>,
      body: body as string | undefined,
    })
    const reply = replies.shift()
    if (reply === 'hangs')
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    return reply instanceof Response ? Promise.resolve(reply) : Promise.reject(reply ?? new Error('no reply'))
  }
  return { sent, client: createClient({ url: BASE, token: TOKEN, fetch: fake, ...options }) }
}

export const lost = () => new TypeError('fetch failed', { cause: new Error('read ECONNRESET') })

/** What became of a call, and how long it took by the clock that the test moves. */
export async function outcomeOf<Result>(
  call: Promise<Result>,
): Promise<{ tookMs: number; result?: Result; error?: KeysProblem }> {
  const start = performance.now()
  let outcome: { result?: Result; error?: KeysProblem } | undefined
  const done = call.then(
    (result) => {
      outcome = { result }
    },
    (error) => {
      outcome = { error }
    },
  )
  while (!outcome) await vi.advanceTimersToNextTimerAsync()
  await done
  return { tookMs: performance.now() - start, ...outcome }
}
