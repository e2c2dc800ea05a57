import { connectRedis } from './connectRedis.ts'
import { newReplyChannel } from './redisNames.ts'
import { within } from './within.ts'

/** The channel on which workers notify a waiting process that a command's row has its outcome. */
export type Replies = {
  channel: string
  /** Resolves when the message for this command comes, or after `boundMs`. Then read the row: it has the outcome. */
  wait: (commandId: string, boundMs: number) => Promise<void>
  close: () => void
}

export function openReplies(redisUrl: string): Replies {
  const channel = newReplyChannel()
  const waiting = new Map<string, () => void>()
  // If a message is lost, the waiting request reads the row when its bound is over.
  const subscriber = connectRedis(redisUrl, 'subscriber')
  // Subscribing waits for the connection; a process that starts while Redis is away must start all the same.
  subscriber.subscribe(channel).catch(() => {})
  subscriber.on('message', (_channel, commandId) => waiting.get(commandId)?.())

  return {
    channel,
    wait: (commandId, boundMs) => {
      const answered = new Promise<void>((resolve) => void waiting.set(commandId, resolve))
      return within(boundMs, answered)
        .catch(() => {})
        .finally(() => waiting.delete(commandId))
    },
    close: () => {
      for (const done of [...waiting.values()]) done()
      subscriber.disconnect()
    },
  }
}
