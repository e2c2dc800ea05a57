import { z } from 'zod'
import { EVENT_TYPE_NAMES, type EventType } from './eventTypes.ts'

/** A lifecycle event as its subscribers get it: CloudEvents 1.0, by pull and by push alike. */
export const LifecycleEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string().describe('The same wherever and however often the event is read or sent'),
    source: z.string().describe('`/accounts/` and the ID of the account'),
    type: z.enum(EVENT_TYPE_NAMES),
    subject: z.string().describe('The ID of what the event is about'),
    time: z.string().describe('When it happened'),
    datacontenttype: z.literal('application/json'),
    accountid: z.string(),
    sequence: z
      .string()
      .describe('Counts the events of the account from 1, without gaps. Padded with zeros to sort as text.'),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'LifecycleEvent' })

export type LifecycleEvent = z.infer<typeof LifecycleEvent>

export type EventRow = {
  position: string
  id: string
  account_id: string
  sequence: string
  type: EventType
  subject: string
  at: string | Date
  data: Record<string, unknown>
}

const DIGITS = 12

export const presentEvent = (row: EventRow): LifecycleEvent => ({
  specversion: '1.0',
  id: row.id,
  source: `/accounts/${row.account_id}`,
  type: row.type,
  subject: row.subject,
  time: new Date(row.at).toISOString(),
  datacontenttype: 'application/json',
  accountid: row.account_id,
  sequence: row.sequence.padStart(DIGITS, '0'),
  data: row.data,
})
