import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { bodyOf, client } from '../client.ts'
import type { KeyQuery } from '../types.ts'
import { LIVE_MS } from './live.ts'
import type { Topic } from './topics.ts'

/** What a change of a key makes stale. */
export const keyTopics: Topic[] = ['keys', 'key', 'account', 'audit-log']

const LIST_LIVE_MS = 15_000
const MOST = 100

/** One page of the keys, with their usage. The previous page stays until the next is there. */
export const keysQuery = (query: KeyQuery) =>
  queryOptions({
    queryKey: ['keys', query],
    placeholderData: keepPreviousData,
    refetchInterval: LIST_LIVE_MS,
    queryFn: ({ signal }) =>
      bodyOf(client.GET('/api-keys', { params: { query: { ...query, include: 'usage' } }, signal })),
  })

/** Keys whose name, ID or last characters contain `q`: the first hundred. */
export const keySearchQuery = (q: string) =>
  queryOptions({
    queryKey: ['keys', 'search', q],
    placeholderData: keepPreviousData,
    queryFn: () =>
      bodyOf(
        client.GET('/api-keys', { params: { query: { limit: String(MOST), ...(q === '' ? {} : { q }) } } }),
      ),
  })

/** One key; only admins may read it. */
export const keyQuery = (id: string) =>
  queryOptions({
    queryKey: ['key', id],
    refetchInterval: LIVE_MS,
    queryFn: ({ signal }) => bodyOf(client.GET('/api-keys/{id}', { params: { path: { id } }, signal })),
  })

const readNames = (query: { page?: string; limit?: string; id?: string }, signal: AbortSignal) =>
  bodyOf(client.GET('/api-key-names', { params: { query }, signal }))

/** One page of the names of keys: all that members see who do not manage them. */
export const keyNamesPageQuery = (page: number, limit: number) =>
  queryOptions({
    queryKey: ['keys', 'names', { page, limit }],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => readNames({ page: String(page), limit: String(limit) }, signal),
  })

/** The names of some keys, in one request: the first hundred of the IDs. */
export function keyNamesQuery(ids: string[]) {
  const wanted = [...new Set(ids)].toSorted().slice(0, MOST)
  return queryOptions({
    queryKey: ['keys', 'names', wanted],
    enabled: wanted.length > 0,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => readNames({ id: wanted.join(',') }, signal),
  })
}

/** The name of one key, for members who may not read the key itself. */
export const keyNameQuery = (id: string) =>
  queryOptions({
    queryKey: ['keys', 'name', id],
    refetchInterval: LIVE_MS,
    queryFn: ({ signal }) => readNames({ id }, signal),
    select: ({ apiKeys }) => apiKeys[0],
  })
