import { queryOptions } from '@tanstack/react-query'
import { bodyOf, client } from '../client.ts'
import type { paths } from '../schema.d.ts'

/** States change by themselves, every half minute. */
const STATES_MS = 10_000
const SOON_MS = 2_000

export type Rule = paths['/alerts']['get']['responses'][200]['content']['application/json']['alerts'][number]
export type RuleWithStates = paths['/alerts/{id}']['get']['responses'][200]['content']['application/json']
export type Channel =
  paths['/channels']['get']['responses'][200]['content']['application/json']['channels'][number]

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

/** Read again soon while one of them waits to be verified. */
export const channelsQuery = queryOptions({
  queryKey: ['channels'],
  queryFn: () => bodyOf(client.GET('/channels')),
  refetchInterval: ({ state }) =>
    state.data?.channels.some(({ verified, disabled }) => !verified && !disabled) ? SOON_MS : STATES_MS * 3,
})
