import { setTimeout as delay } from 'node:timers/promises'
import type { EventReport } from '../../src/api/acceptEvents.ts'
import type { Answer } from './client.ts'
import type { Random } from './random.ts'

type Sender = { urls: () => string[]; token: string; random: Random }

const GIVE_UP_MS = 90_000

/** What any of the apis says of a batch in the end: no answer and a 5xx are asked again, with the same ids. */
export async function sendBatch({ urls, token, random }: Sender, events: EventReport[]): Promise<Answer> {
  const body = JSON.stringify({ events })
  const until = Date.now() + GIVE_UP_MS
  for (let last: unknown; ; ) {
    try {
      const response = await fetch(`${random.pick(urls())}/usage/events`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body,
        signal: AbortSignal.timeout(15_000),
      })
      const answer = { status: response.status, headers: response.headers, body: await response.json() }
      if (answer.status < 500) return answer
      last = answer.body
    } catch (error) {
      last = error
    }
    if (Date.now() > until)
      throw new Error(`A batch was never answered: ${JSON.stringify(last)}`, { cause: last })
    await delay(random.between(20, 300))
  }
}

/**
 * Sends batches from several clients at once until `next` has none left. Throws at the first that is not
 * acknowledged.
 */
export async function sendAll(
  sender: Sender,
  clients: number,
  next: () => Promise<EventReport[] | undefined>,
): Promise<{ accepted: number; duplicates: number }> {
  const sum = { accepted: 0, duplicates: 0 }
  const client = async () => {
    for (let batch = await next(); batch; batch = await next()) {
      const { status, body } = await sendBatch(sender, batch)
      if (status !== 202 || body.accepted + body.duplicates !== batch.length)
        throw new Error(`${batch.length} events: ${status} ${JSON.stringify(body)}`)
      sum.accepted += body.accepted
      sum.duplicates += body.duplicates
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return sum
}
