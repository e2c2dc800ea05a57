import { useQuery } from '@tanstack/react-query'
import { keyNamesQuery } from '../../api/queries/keys.ts'

/** Names keys by their IDs, the first hundred. A key that is not known (yet) keeps its ID for a name. */
export function useKeyNames(ids: string[]): (id: string) => string {
  const { data } = useQuery(keyNamesQuery(ids))
  const names = new Map(data?.apiKeys.map(({ id, name }) => [id, name]))
  return (id) => names.get(id) ?? id
}
