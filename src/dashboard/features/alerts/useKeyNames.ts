import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { bodyOf, client } from '../../api/client.ts'

const PAGE = 100

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
 * Names keys by their IDs, a hundred at most, in one request. A key that is not known (yet) keeps its ID for a name.
 */
export function useKeyNames(ids: string[]): (id: string) => string {
  const wanted = [...new Set(ids)].toSorted().slice(0, PAGE)
  const { data } = useQuery({
    queryKey: ['keys', 'names', wanted],
    queryFn: ({ signal }) =>
      bodyOf(client.GET('/api-key-names', { params: { query: { id: wanted.join(',') } }, signal })),
    enabled: wanted.length > 0,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
  const names = new Map(data?.apiKeys.map(({ id, name }) => [id, name]))
  return (id) => names.get(id) ?? id
}
