import { type QueryClient, useQuery } from '@tanstack/react-query'
import { sessionQuery } from './queries/session.ts'

/** Who is signed in: undefined while that is not known, null when nobody is. */
export function useSession() {
  return useQuery(sessionQuery)
}

/**
 * The member who is signed in, or the guest, who has an ID and a role, too; only below the shell, which shows nothing
 * of the kind to others.
 */
export function useMember() {
  const { data } = useSession()
  const who = data?.member ?? data?.guest
  if (!who) throw new Error('Nobody is signed in')
  return who
}

/** Whether a session link has let in whoever is signed in. */
export const useIsGuest = () => Boolean(useSession().data?.guest)

/** Removes everything that was read for an account from the page’s memory. */
export function forgetAccount(queries: QueryClient): void {
  const [session] = sessionQuery.queryKey
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== session })
}
