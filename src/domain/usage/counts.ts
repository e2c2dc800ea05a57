export type Counts = Record<string, number>

/** The sum of many `{name: count}`, name by name. */
export function sumCounts(all: Counts[]): Counts {
  const sums: Counts = {}
  for (const counts of all) {
    for (const name in counts) sums[name] = (sums[name] ?? 0) + (counts[name] ?? 0)
  }
  return sums
}
