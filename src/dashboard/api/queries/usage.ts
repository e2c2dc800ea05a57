import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { rangeStart } from '../../charts/ranges.ts'
import type { AccountSeries } from '../../features/usage/usageByKey.ts'
import { bodyOf, client } from '../client.ts'
import { readSeriesByKey } from '../readSeries.ts'
import type { paths } from '../schema.d.ts'

export type Account = paths['/account']['get']['responses']['200']['content']['application/json']

export const USAGE_RANGES = ['24h', '7d', '30d', 'month'] as const
export type UsageRange = (typeof USAGE_RANGES)[number]

const LIVE_MS = 10_000
/** An answer of so many rows is large: it is asked for less often. */
const MANY_ROWS = 5_000
const MANY_MS = 60_000

/** `range` is that of the answer: on a change the former one stays until the next is there. */
export const useAccountSeries = (range: UsageRange) =>
  useQuery<AccountSeries>({
    queryKey: ['usage', range],
    queryFn: async ({ signal }) => {
      const interval = range === '24h' ? 'hour' : 'day'
      return { range, ...(await readSeriesByKey({ from: rangeStart(range, Date.now()), interval }, signal)) }
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.series.length ?? 0) > MANY_ROWS ? MANY_MS : LIVE_MS),
  })

export const useAccount = () =>
  useQuery({
    queryKey: ['account'],
    refetchInterval: LIVE_MS,
    queryFn: ({ signal }) => bodyOf(client.GET('/account', { signal })),
  })
