import { queryOptions } from '@tanstack/react-query'
import { bodyOf, client } from '../client.ts'

const SOON_MS = 2_000
const LATER_MS = 30_000

/** Read again soon while one of them waits to be verified. */
export const channelsQuery = queryOptions({
  queryKey: ['channels'],
  queryFn: () => bodyOf(client.GET('/channels')),
  refetchInterval: ({ state }) =>
    state.data?.channels.some(({ verified, disabled }) => !verified && !disabled) ? SOON_MS : LATER_MS,
})
