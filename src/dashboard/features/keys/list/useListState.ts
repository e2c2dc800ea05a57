import { useCallback } from 'react'
import { useSearchParams } from 'react-router'
import type { KeyQuery } from '../../../api/types.ts'

export const PAGE_SIZES = ['20', '50', '100'] as const
export const NEWEST_FIRST = '-createdAt'

const NAMES = ['q', 'type', 'status', 'sort', 'page', 'limit'] as const
type Change = Partial<Record<(typeof NAMES)[number], string | undefined>>

/**
 * What the list shows, kept in the address: it can be sent to somebody, and the way back leads to it. A change of
 * anything but the page begins at the first page; what is typed leaves no trail of its letters.
 */
export function useListState(): [KeyQuery, (change: Change) => void] {
  const [params, setParams] = useSearchParams()
  const query = Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = params.get(name)
      return value ? [[name, value]] : []
    }),
  ) as KeyQuery
  const change = useCallback(
    (changes: Change) =>
      setParams(
        (former) => {
          const next = new URLSearchParams(former)
          for (const [name, value] of Object.entries({ page: undefined, ...changes })) {
            if (value) next.set(name, value)
            else next.delete(name)
          }
          return next
        },
        { replace: 'q' in changes },
      ),
    [setParams],
  )
  return [query, change]
}
