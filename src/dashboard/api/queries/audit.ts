import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { bodyOf, client } from '../client.ts'
import { LIVE_MS } from './live.ts'

/** Entries of the audit log, newest first, page by page. */
export const auditLogQuery = (filter: { action: string | undefined; targetId: string | undefined }) =>
  infiniteQueryOptions({
    queryKey: ['audit-log', filter],
    queryFn: ({ pageParam: cursor }) =>
      bodyOf(client.GET('/audit-log', { params: { query: { ...filter, cursor } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })

const LATEST = 8

/** The latest changes of one key. */
export const keyChangesQuery = (keyId: string) =>
  queryOptions({
    queryKey: ['audit-log', { targetId: keyId, limit: LATEST }],
    refetchInterval: LIVE_MS,
    queryFn: ({ signal }) =>
      bodyOf(
        client.GET('/audit-log', { params: { query: { targetId: keyId, limit: String(LATEST) } }, signal }),
      ),
  })
