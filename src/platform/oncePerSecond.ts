/** How often the same event is logged. */
const EVERY_MS = 1_000

/** Kinds that are kept apart at a time. Further ones count as one. */
const MAX_KINDS = 100
const OTHERS = 'others'

type Repeats<Entry> = { times: number; first?: Entry }

export type After = (ms: number, run: () => void) => void
const later: After = (ms, run) => void setTimeout(run, ms).unref()

/**
 * For events that callers, or a dependency that is away, can cause with every request. The first of a kind is reported
 * at once. Those that follow within a second are reported together at its end, by the first of them and their number,
 * and so on for as long as they come. `report` gets that number; undefined for a single one. `after` is for tests.
 */
export function oncePerSecond<Entry>(
  report: (entry: Entry, times: number | undefined) => void,
  after: After = later,
): (kind: string, entry: Entry) => void {
  const open = new Map<string, Repeats<Entry>>()
  const begin = (kind: string) => {
    open.set(kind, { times: 0 })
    after(EVERY_MS, () => end(kind))
  }
  const end = (kind: string) => {
    const { times = 0, first } = open.get(kind) ?? {}
    open.delete(kind)
    if (times === 0) return
    begin(kind)
    report(first as Entry, times)
  }
  return (asked, entry) => {
    const kind = open.has(asked) || open.size < MAX_KINDS ? asked : OTHERS
    const repeats = open.get(kind)
    if (!repeats) {
      begin(kind)
      return report(entry, undefined)
    }
    if (repeats.times === 0) repeats.first = entry
    repeats.times += 1
  }
}

/** The kind of an error, by its classes and codes. Its text may differ each time. */
export function kindOf(error: unknown): string {
  const kinds: string[] = []
  for (let each = error; each instanceof Error && kinds.length < 5; each = each.cause)
    kinds.push(`${each.name} ${String((each as { code?: unknown }).code ?? '').slice(0, 40)}`)
  return kinds.join(', ')
}
