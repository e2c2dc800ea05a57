import { useSearchParams } from 'react-router'
import type { UsageRange } from '../api/ranges.ts'

/** The range that the address asks for, so that a link shows what its sender saw; the first one unless it does. */
export function useRange<Name extends UsageRange>(names: readonly [Name, ...Name[]]) {
  const [search, setSearch] = useSearchParams()
  const asked = search.get('range')
  const range = names.find((name) => name === asked) ?? names[0]
  const setRange = (name: Name) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before)
        if (name === names[0]) next.delete('range')
        else next.set('range', name)
        return next
      },
      { replace: true, preventScrollReset: true },
    )
  return [range, setRange] as const
}
