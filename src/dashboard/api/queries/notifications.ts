import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { bodyOf, client } from '../client.ts'
import type { Notification } from '../types.ts'

export type NotificationFilter = {
  status?: Notification['status']
  channelId?: string
  alertId?: string
  limit?: number
}

const SOON_MS = 2_000
const LATER_MS = 10_000

/** Due within a minute: then it is looked at again soon. */
const isSoon = ({ status, nextAttemptAt }: Notification) =>
  status === 'pending' && (nextAttemptAt === null || Date.parse(nextAttemptAt) < Date.now() + 60_000)

/** Newest first, page by page. */
export const notificationsQuery = (filter: NotificationFilter) =>
  infiniteQueryOptions({
    queryKey: ['notifications', filter],
    queryFn: ({ pageParam }) =>
      bodyOf(
        client.GET('/notifications', {
          params: {
            query: {
              limit: String(filter.limit ?? 25),
              ...(filter.status ? { status: filter.status } : {}),
              ...(filter.channelId ? { channelId: filter.channelId } : {}),
              ...(filter.alertId ? { alertId: filter.alertId } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ notifications }) => notifications.some(isSoon)) ? SOON_MS : LATER_MS,
  })

/** One with its attempts, read again while there may be more of them. */
export const notificationQuery = (id: string) =>
  queryOptions({
    queryKey: ['notifications', 'one', id],
    queryFn: () => bodyOf(client.GET('/notifications/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) =>
      state.data?.status === 'pending' || !state.data
        ? state.data && !isSoon(state.data)
          ? LATER_MS
          : 500
        : false,
  })
