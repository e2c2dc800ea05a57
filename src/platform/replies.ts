import { connectRedis } from './connectRedis.ts'
import { newReplyChannel } from './redisNames.ts'
import { within } from './within.ts'

/** The channel on which workers tell a waiting process that a command's row has its outcome. */
export type Replies = {
  channel: string
  /** Resolves at the word for this command, or after `boundMs`. The row is the answer; this only says when to look. */
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
