import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { bodyOf, client } from '../client.ts'
import type { paths } from '../schema.d.ts'

type List = paths['/api-keys']['get']
export type KeyQuery = NonNullable<List['parameters']['query']>
export type ListedKey = List['responses']['200']['content']['application/json']['apiKeys'][number]
/** What the dialogs need to know of a key. */
export type KeyFacts = Pick<
  ListedKey,
  'id' | 'name' | 'type' | 'access' | 'status' | 'lastUsedAt' | 'expiresAt'
>

/** Queries that a change of a key makes old. */
export const CHANGES = ['keys', 'key', 'account', 'audit-log']

const LIVE_MS = 15_000

/** One page of the keys, with their usage; the former one stays until the next is there. */
export const useKeys = (query: KeyQuery) =>
  useQuery({
    queryKey: ['keys', query],
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_MS,
    queryFn: ({ signal }) =>
      bodyOf(client.GET('/api-keys', { params: { query: { ...query, include: 'usage' } }, signal })),
  })

/** One page of what keys are called: all that members see who do not manage them. */
export const useKeyNames = (page: number, limit: number) =>
  useQuery({
    queryKey: ['keys', 'names', page, limit],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      bodyOf(
        client.GET('/api-key-names', {
          params: { query: { page: String(page), limit: String(limit) } },
          signal,
        }),
      ),
  })
