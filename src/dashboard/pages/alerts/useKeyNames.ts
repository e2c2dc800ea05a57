import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { bodyOf, client } from '../../api/client.ts'

const PAGE = 100

type Key = { id: string; name: string; hint: string }

/** Keys whose name, ID or last characters contain `q`, at most a hundred of them. */
export function useKeySearch(q: string) {
  return useQuery({
    queryKey: ['keys', 'search', q],
    queryFn: () =>
      bodyOf(
        client.GET('/api-keys', { params: { query: { limit: String(PAGE), ...(q === '' ? {} : { q }) } } }),
      ),
    placeholderData: keepPreviousData,
  })
}

/**
 * Names keys by their IDs. Most are on the first page of the list, which is asked for once; the others one by one. A key
 * that is not known (yet) keeps its ID for a name.
 */
export function useKeyNames(ids: string[]): (id: string) => string {
  const wanted = [...new Set(ids)]
  const { data, isFetched } = useQuery({
    queryKey: ['keys', 'search', ''],
    queryFn: () => bodyOf(client.GET('/api-keys', { params: { query: { limit: String(PAGE) } } })),
    enabled: wanted.length > 0,
    staleTime: 60_000,
  })
  const known = new Map<string, Key>((data?.apiKeys ?? []).map((key) => [key.id, key]))
  const others = isFetched ? wanted.filter((id) => !known.has(id)).slice(0, PAGE) : []
  const found = useQueries({
    queries: others.map((id) => ({
      queryKey: ['key', id],
      queryFn: () => bodyOf(client.GET('/api-keys/{id}', { params: { path: { id } } })),
      staleTime: 60_000,
    })),
  })
  for (const { data: key } of found) if (key) known.set(key.id, key)
  return (id) => known.get(id)?.name ?? id
}
