import { z } from 'zod'
import { type Notification, NotificationSchema } from '../domain/notifications/Notification.ts'
import type { Em } from '../platform/postgres.ts'
import { limitOf } from './schemas.ts'

/** How a list of notifications is asked for. */
export const notificationQuery = {
  cursor: z
    .string()
    .regex(/^\d{1,15}-ntf_[0-9A-Za-z]{16}$/, 'must be a cursor of an earlier page')
    .optional()
    .describe('`nextCursor` of the previous page'),
  limit: limitOf(100, 50),
  status: z.enum(['pending', 'delivered', 'failed']).optional().describe('Only these'),
}

type Query = { cursor?: string | undefined; limit: number; status?: Notification['status'] | undefined }

/** A page of these notifications, newest first. */
export async function readPage(
  em: Em,
  which: { accountId: string | null; channelId?: string; ruleId?: string },
  { cursor, limit, status }: Query,
): Promise<{ page: Notification[]; nextCursor: string | null }> {
  const [time, id] = cursor?.split('-') ?? []
  const at = new Date(Number(time))
  const found = await em.find(
    NotificationSchema,
    {
      ...which,
      ...(status === undefined ? {} : { status }),
      ...(id === undefined ? {} : { $or: [{ createdAt: { $lt: at } }, { createdAt: at, id: { $lt: id } }] }),
    },
    { orderBy: { createdAt: 'desc', id: 'desc' }, limit: limit + 1 },
  )
  const page = found.slice(0, limit)
  const last = found.length > page.length ? page.at(-1) : undefined
  return { page, nextCursor: last ? `${last.createdAt.getTime()}-${last.id}` : null }
}
