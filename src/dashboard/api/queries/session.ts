import { queryOptions } from '@tanstack/react-query'
import { bodyOf, client } from '../client.ts'
import { ProblemError } from '../ProblemError.ts'

/** Who is signed in; null: nobody is. It changes only by what the page does. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: () =>
    bodyOf(client.GET('/session')).catch((error: unknown) => {
      if (error instanceof ProblemError && error.status === 401) return null
      throw error
    }),
})
