import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from './random.ts'

/** `urls`: of the apis that run now. Any of them is asked. */
export type Sender = { urls: () => string[]; token: string; random: Random }

export type Call = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: object
  accountId?: string
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
export type Reply = { status: number; body: any }

/** Several times what a job takes whose worker is killed again and again: each time it waits for its lock to expire. */
const GIVE_UP_MS = 300_000
const ANSWER_MS = 20_000

/** One try: undefined where there was no answer, or none that says what became of it. */
async function tryOnce(
  { urls, token, random }: Sender,
  { method, path, body, accountId }: Call,
  idempotencyKey?: string,
): Promise<Reply | undefined> {
  try {
    const response = await fetch(`${random.pick(urls())}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(accountId === undefined ? {} : { 'X-Account-Id': accountId }),
        ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const text = await response.text()
    if (response.status >= 500) return undefined
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
  } catch {
    return undefined
  }
}

async function until(
  sender: Sender,
  what: string,
  attempt: () => Promise<Reply | undefined>,
): Promise<Reply> {
  for (const end = Date.now() + GIVE_UP_MS; ; ) {
    const reply = await attempt()
    if (reply && reply.status !== 429) return reply
    if (Date.now() > end) throw new Error(`Not known within ${GIVE_UP_MS} ms: ${what}`)
    await delay(sender.random.between(20, 300))
  }
}

/**
 * Sends a change under an Idempotency-Key until its outcome is known: no answer, a 5xx, a 202 and "in flight" are asked
 * again. `onAccepted` is called when the service has promised to do it.
 */
export function sendSurely(
  sender: Sender,
  call: Call,
  idempotencyKey: string,
  onAccepted = () => {},
): Promise<Reply> {
  return until(sender, `${call.method} ${call.path}`, async () => {
    const reply = await tryOnce(sender, call, idempotencyKey)
    if (reply?.status === 202) onAccepted()
    const isOpen = reply?.status === 202 || (reply?.status === 409 && reply.body.operationId !== undefined)
    return isOpen ? undefined : reply
  })
}

/** Sends a change once, and follows a 202. Undefined: its answer is lost, and nobody knows whether it will be done. */
export async function sendOnce(sender: Sender, call: Call): Promise<Reply | undefined> {
  const reply = await tryOnce(sender, call)
  if (reply?.status !== 202) return reply
  const { id } = reply.body.operation
  const path = `/operations/${id}`
  const { accountId } = call
  const { body } = await until(sender, path, async () => {
    const seen = await tryOnce(sender, { method: 'GET', path, accountId })
    return seen?.status === 200 && seen.body.status !== 'pending' ? seen : undefined
  })
  return body.status === 'succeeded'
    ? { status: 200, body: body.result }
    : { status: 409, body: body.problem }
}

/** Reads until there is an answer. */
export const readSurely = (sender: Sender, path: string, accountId?: string): Promise<Reply> =>
  until(sender, path, () => tryOnce(sender, { method: 'GET', path, accountId }))
