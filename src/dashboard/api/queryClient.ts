import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ProblemError } from './ProblemError.ts'
import { sessionQuery } from './queries/session.ts'

/** A session that has ended is forgotten wherever that shows; the shell then asks to sign in again. */
function forgetEndedSession(error: unknown): void {
  if (error instanceof ProblemError && error.slug === 'missing-authorization')
    queryClient.setQueryData(sessionQuery.queryKey, null)
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: forgetEndedSession }),
  mutationCache: new MutationCache({ onError: forgetEndedSession }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A problem with the request stays one; the server's own troubles pass.
      retry: (failures, error) =>
        failures < 2 && error instanceof ProblemError && (error.status === 0 || error.status >= 500),
    },
  },
})
