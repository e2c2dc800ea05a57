import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { bodyOf, client } from '../client.ts'
import type { NewRule } from '../types.ts'

/** Rules are evaluated every 30 seconds. */
const STATES_MS = 10_000
const INCIDENTS = 10

export const alertsQuery = queryOptions({
  queryKey: ['alerts'],
  queryFn: () => bodyOf(client.GET('/alerts')),
  refetchInterval: STATES_MS,
})

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['alert', id],
    queryFn: () => bodyOf(client.GET('/alerts/{id}', { params: { path: { id } } })),
    refetchInterval: STATES_MS,
  })

/** The incidents of a rule, newest first, page by page. */
export const incidentsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['alert', id, 'incidents'],
    queryFn: ({ pageParam }) =>
      bodyOf(
        client.GET('/alerts/{id}/incidents', {
          params: {
            path: { id },
            query: { limit: String(INCIDENTS), ...(pageParam ? { before: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ incidents }) => (incidents.length < INCIDENTS ? undefined : incidents.at(-1)?.id),
    refetchInterval: STATES_MS,
  })

/** What a rule would have done in the last seven days. */
export const alertPreviewQuery = (rule: Omit<NewRule, 'name' | 'channelIds' | 'severity'>) =>
  queryOptions({
    queryKey: ['alert-preview', rule],
    queryFn: () => bodyOf(client.POST('/alerts/preview', { body: { ...rule, name: 'Preview' } })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
