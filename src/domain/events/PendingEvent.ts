import { defineEntity, p } from '@mikro-orm/core'
import type { EventType } from './eventTypes.ts'

/** A lifecycle event as the transaction of its change writes it. `sequenceEvents` moves it into the record. */
export const PendingEventSchema = defineEntity({
  name: 'PendingEvent',
  tableName: 'lifecycle_event_pending',
  properties: {
    id: p.bigint('string').primary().autoincrement(),
    eventId: p.text(),
    accountId: p.text(),
    type: p.text().$type<EventType>(),
    subject: p.text(),
    at: p.datetime(),
    data: p.json().$type<Record<string, unknown>>(),
  },
})
