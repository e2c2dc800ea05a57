import { readHead } from '../../src/domain/events/eventStore.ts'
import type { EventType } from '../../src/domain/events/eventTypes.ts'
import { newId } from '../../src/domain/ids.ts'
import { type Channel, ChannelSchema, sealContext } from '../../src/domain/notifications/Channel.ts'
import { type Notification, NotificationSchema } from '../../src/domain/notifications/Notification.ts'
import { pushEvents } from '../../src/workers/events/pushEvents.ts'
import type { TestWorker } from './workerContext.ts'

/** Lifecycle events and who subscribes to them, without the commands that usually make both. */
export function createPushes(worker: TestWorker) {
  const sql = <Row>(text: string, values: unknown[] = []) => worker.em().execute<Row[]>(text, values)
  return {
    sql,
    /** Records events of an account, in this order; returns their IDs. */
    record: async (accountId: string, ...types: EventType[]) => {
      const ids = types.map(() => newId('event'))
      for (const [at, id] of ids.entries())
        await sql(
          `insert into lifecycle_event_pending (event_id, account_id, type, subject, at, data)
           values (?, ?, ?, 'key_1', now(), '{"actor": {"type": "system", "id": "test"}}')`,
          [id, accountId, types[at]],
        )
      await worker.context.events.relay()
      return ids
    },
    /** A webhook that starts at the head: of the operators, unless it names an account. */
    subscribe: async (events: string[] | null, more: Partial<Channel> & { target?: string } = {}) => {
      const { target = 'http://127.0.0.1:9/', ...fields } = more
      const { vault } = worker.context.notifiers
      const id = newId(fields.accountId ? 'channel' : 'webhook')
      const em = worker.em()
      const secret = `whsec_${Buffer.alloc(32, 'w').toString('base64')}`
      const sealed = vault.seal(secret, sealContext(id, 'secret'))
      const one = em.create(ChannelSchema, {
        ...{ id, accountId: null, type: 'webhook', name: 'W', events },
        sealedTarget: vault.seal(target, sealContext(id, 'target')),
        sealedSecrets: JSON.stringify([{ sealed, validUntil: null }]),
        eventPosition: await readHead(em),
        verifiedAt: worker.clock.now,
        createdAt: worker.clock.now,
        ...fields,
      })
      await em.persist(one).flush()
      return { id, secret }
    },
    push: (channelId: string) => pushEvents(worker.context, { channelId }),
    /** What was written for a channel, in the order of the events. */
    pushed: async (channelId: string): Promise<Notification[]> => {
      const rows = await sql<{ id: string }>(
        `select n.id from notification n left join lifecycle_event e on e.id = n.event_id
         where channel_id = ? and event_id is not null order by e.position`,
        [channelId],
      )
      const found = await worker.em().find(NotificationSchema, { id: { $in: rows.map(({ id }) => id) } })
      return rows.map(({ id }) => found.find((one) => one.id === id)!)
    },
    /** As if every first attempt had ended so. */
    attempted: (channelId: string, status: Notification['status']) =>
      sql(`update notification set attempts = 1, status = ? where channel_id = ? and attempts = 0`, [
        status,
        channelId,
      ]),
  }
}
