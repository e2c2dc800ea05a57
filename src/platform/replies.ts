import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'

/** The channel on which workers tell a waiting process that a command's row has its outcome. */
export type Replies = {
  channel: string
  /** Resolves at the word for this command, or after `boundMs`. The row is the answer; this only says when to look. */
  wait: (commandId: string, boundMs: number) => Promise<void>
  close: () => void
}

export function openReplies(redisUrl: string): Replies {
  const channel = `keys:replies:${randomUUID()}`
  const waiting = new Map<string, () => void>()
  const subscriber = new Redis(redisUrl, {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
  })
  subscriber.on('error', () => {
    // A lost word costs a waiter its look at the bound, nothing else.
  })
  // Subscribing waits for the connection; a process that starts while Redis is away must start all the same.
  subscriber.subscribe(channel).catch(() => {})
  subscriber.on('message', (_channel, commandId) => waiting.get(commandId)?.())

  return {
    channel,
    wait: (commandId, boundMs) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(bound)
          waiting.delete(commandId)
          resolve()
        }
        const bound = setTimeout(done, boundMs)
        waiting.set(commandId, done)
      }),
    close: () => {
      for (const done of [...waiting.values()]) done()
      subscriber.disconnect()
    },
  }
}
