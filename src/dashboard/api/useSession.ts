import { type QueryClient, useQuery } from '@tanstack/react-query'
import { sessionQuery } from './queries/session.ts'

/** Who is signed in: undefined while that is not known, null when nobody is. */
export function useSession() {
  return useQuery(sessionQuery)
}

/** The member who is signed in; only below the shell, which shows nothing of the kind to others. */
export function useMember() {
  const { data } = useSession()
  if (!data) throw new Error('Nobody is signed in')
  return data.member
}

/** Removes everything that was read for an account from the page’s memory. */
export function forgetAccount(queries: QueryClient): void {
  const [session] = sessionQuery.queryKey
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== session })
}
