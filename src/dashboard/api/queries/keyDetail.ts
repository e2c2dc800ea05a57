import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type RangeName, rangeStart } from '../../charts/ranges.ts'
import { bodyOf, client } from '../client.ts'
import { readPlainSeries } from '../readSeries.ts'
import type { paths } from '../schema.d.ts'

/** Usage is in the answer within 2 s; a page that nobody looks at asks for nothing. */
export const LIVE_MS = 10_000

type Ok<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never

export type ApiKey = Ok<'/api-keys/{id}'>
export type KeyUsage = Ok<'/api-keys/{id}/usage'>
export type WindowUsage = KeyUsage['windows']['24h']
export type Callers = Ok<'/api-keys/{id}/callers'>

export const KEY_RANGES = ['24h', '7d', '30d'] as const
export type KeyRange = (typeof KEY_RANGES)[number]

/** The UTC days that each range touches. */
const DAYS: Record<KeyRange, number> = { '24h': 2, '7d': 8, '30d': 31 }

const live = { refetchInterval: LIVE_MS, placeholderData: keepPreviousData }
const path = (id: string) => ({ params: { path: { id } } })

/** The key itself; only admins may read it. */
export const useKey = (id: string, isAdmin: boolean) =>
  useQuery({
    queryKey: ['key', id],
    enabled: isAdmin,
    refetchInterval: LIVE_MS,
    queryFn: ({ signal }) => bodyOf(client.GET('/api-keys/{id}', { ...path(id), signal })),
  })

export const useKeyUsage = (id: string) =>
  useQuery({
    queryKey: ['key', id, 'usage'],
    refetchInterval: LIVE_MS,
    queryFn: ({ signal }) => bodyOf(client.GET('/api-keys/{id}/usage', { ...path(id), signal })),
  })

/** `range` is that of the answer: on a change the former one stays until the next is there. */
export const useKeySeries = (id: string, range: KeyRange) =>
  useQuery({
    ...live,
    queryKey: ['key', id, 'series', range],
    queryFn: async ({ signal }) => {
      const interval = range === '30d' ? ('day' as const) : ('hour' as const)
      const asked = { from: rangeStart(range satisfies RangeName, Date.now()), interval, keyId: id }
      return { range, ...(await readPlainSeries(asked, signal)) }
    },
  })

/** Addresses are personal data: only admins may read them. */
export const useKeyCallers = (id: string, range: KeyRange, isAdmin: boolean) =>
  useQuery({
    ...live,
    enabled: isAdmin,
    queryKey: ['key', id, 'callers', range],
    queryFn: ({ signal }) =>
      bodyOf(
        client.GET('/api-keys/{id}/callers', {
          params: { path: { id }, query: { days: String(DAYS[range]) } },
          signal,
        }),
      ),
  })

export const useKeyChanges = (id: string, isAdmin: boolean) =>
  useQuery({
    queryKey: ['audit-log', { targetId: id, limit: 8 }],
    enabled: isAdmin,
    refetchInterval: LIVE_MS,
    queryFn: ({ signal }) =>
      bodyOf(client.GET('/audit-log', { params: { query: { targetId: id, limit: '8' } }, signal })),
  })

/** What a key is called, for members who may not read it. */
export const useKeyName = (id: string, isWanted: boolean) =>
  useQuery({
    queryKey: ['keys', 'name', id],
    enabled: isWanted,
    refetchInterval: LIVE_MS,
    queryFn: ({ signal }) => bodyOf(client.GET('/api-key-names', { params: { query: { id } }, signal })),
    select: ({ apiKeys }) => apiKeys[0],
  })
