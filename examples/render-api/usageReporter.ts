import { setTimeout as sleep } from 'node:timers/promises'
import { reasonOf } from './reasonOf.ts'

/** One finished request. `requestId` is the verification's: the report completes it and counts nothing twice. */
export type UsageEvent = {
  /** Chosen once and kept over every retry; Pictify Keys counts an ID once. */
  id: string
  /** ISO 8601, UTC. */
  at: string
  keyId: string
  status: number
  latencyMs: number
  requestId: string
  ip: string
  endpoint: string
  method: string
}

export type UsageReporter = {
  /** Keeps the event for the next batch; never waits and never throws. */
  record: (event: UsageEvent) => void
  /** Sends what is left, trying for `boundMs` at most. Returns how many events could not be sent. */
  stop: (boundMs?: number) => Promise<number>
}

export type UsageReporterOptions = {
  keysUrl: string
  serviceToken: string
  intervalMs?: number
  batchSize?: number
  /** Events kept while Pictify Keys cannot be reached; further ones are dropped. */
  capacity?: number
  /** Longest pause between two tries. */
  maxBackoffMs?: number
}

const SEND_TIMEOUT_MS = 5000

/** Reports usage in batches, in the order of `record`; a batch leaves the memory only once it was accepted. */
export function createUsageReporter(options: UsageReporterOptions): UsageReporter {
  const { intervalMs = 250, batchSize = 500, capacity = 50_000, maxBackoffMs = 30_000 } = options
  const pending: UsageEvent[] = []
  const stopping = new AbortController()
  let batchFull = new AbortController()
  let deadline = Number.POSITIVE_INFINITY
  let dropped = 0
  let running: Promise<void> | undefined

  const pause = async (ms: number, ...wakeups: AbortSignal[]) => {
    await sleep(ms, undefined, { signal: AbortSignal.any(wakeups) }).catch(() => undefined)
  }

  const sendAll = async () => {
    let size = batchSize
    let failures = 0
    while (pending.length > 0 && Date.now() < deadline) {
      if (failures === 0 && size === batchSize && pending.length < batchSize) {
        batchFull = new AbortController()
        await pause(intervalMs, stopping.signal, batchFull.signal)
      }
      const batch = pending.slice(0, size)
      const outcome = await send(options, batch, Math.min(SEND_TIMEOUT_MS, deadline - Date.now()))
      if (outcome === 'accepted') {
        pending.splice(0, batch.length)
        size = batchSize
        failures = 0
      } else if (outcome === 'refused') {
        // Halving finds the one event that is at fault, so that it cannot hold back the others for ever.
        if (batch.length === 1) drop(pending.splice(0, 1).length, 'it was refused')
        size = Math.max(1, Math.floor(batch.length / 2))
      } else {
        failures += 1
        const longest = Math.min(maxBackoffMs, intervalMs * 2 ** failures)
        if (stopping.signal.aborted) await sleep(Math.min(longest, 250))
        else await pause(longest * (0.5 + Math.random() / 2), stopping.signal)
      }
    }
    running = undefined
  }

  const drop = (count: number, reason: string) => {
    dropped += count
    console.error(`dropped a usage event (${dropped} so far): ${reason}`)
  }

  return {
    record: (event) => {
      if (pending.length >= capacity) return drop(1, 'too many are waiting')
      pending.push(event)
      if (pending.length >= batchSize) batchFull.abort()
      running ??= sendAll()
    },
    stop: async (boundMs = 10_000) => {
      deadline = Date.now() + boundMs
      stopping.abort()
      await running
      return pending.length
    },
  }
}

async function send(
  { keysUrl, serviceToken }: UsageReporterOptions,
  events: UsageEvent[],
  timeoutMs: number,
): Promise<'accepted' | 'refused' | 'failed'> {
  try {
    const response = await fetch(`${keysUrl}/usage/events`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${serviceToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ events }),
      redirect: 'error',
      signal: AbortSignal.timeout(Math.max(1, timeoutMs)),
    })
    const body = await response.text()
    if (response.ok) return 'accepted'
    console.error(`usage events were answered ${response.status}: ${body.slice(0, 300)}`)
    return [400, 413, 422].includes(response.status) ? 'refused' : 'failed'
  } catch (error) {
    console.error(`usage events could not be sent: ${reasonOf(error)}`)
    return 'failed'
  }
}
