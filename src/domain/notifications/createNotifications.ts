import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { newId } from '../ids.ts'
import { insertNotification, type NewNotification } from './insertNotification.ts'

/** A message for each of some channels. `turn` numbers the messages of one incident. */
export type NewNotifications = Omit<NewNotification, 'id' | 'accountId' | 'channelId' | 'dedupe'> & {
  accountId: string
  channelIds: string[]
  turn?: number
}

/**
 * Writes one notification per channel, in the transaction of its cause, and returns their IDs. The caller writes a job
 * `deliver-notification` for each to the outbox of the same transaction. Nothing is sent twice: for each type and turn
 * of an incident there is one notification per channel.
 */
export async function createNotifications(
  em: SqlEntityManager,
  { channelIds, turn = 0, ...message }: NewNotifications,
  now: Date,
): Promise<string[]> {
  const { incidentId, type } = message
  const ids: string[] = []
  for (const channelId of channelIds) {
    const dedupe = incidentId === undefined ? undefined : `${incidentId}:${type}:${turn}:${channelId}`
    const id = newId('notification')
    const notification = { ...message, id, channelId, dedupe }
    if (await insertNotification(em, notification, now, { onlyEnabled: true })) ids.push(id)
  }
  return ids
}
