import { useQuery } from '@tanstack/react-query'
import { bodyOf, client } from './client.ts'
import { ProblemError } from './ProblemError.ts'

export type Role = 'admin' | 'editor' | 'viewer'

/** An account that somebody can work in, and as what. */
export type AccountChoice = { accountId: string; name: string; role: Role }

const sessionQuery = {
  queryKey: ['session'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: () =>
    bodyOf(client.GET('/session')).catch((error: unknown) => {
      if (error instanceof ProblemError && error.status === 401) return null
      throw error
    }),
}

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
