/** What measures some rows of the table, in the order of a whole run. */
export const PART_NAMES = [
  'verification',
  'in-process',
  'latency',
  'rollup',
  'claims',
  'freshness',
  'reading',
  'revocation',
  'create',
  'alerts',
  'start',
] as const

export type PartName = (typeof PART_NAMES)[number]

/** `id`: of a goal. `values`: one per round; their median counts. `beside`: rates and sizes, in words. */
export type Row = { id: string; values: number[]; beside?: string }

export type Options = {
  /** Small samples: says whether it works, not how fast it is. */
  quick: boolean
  /** The part of the machine that other programs may take before a measurement begins; 1: any. */
  quiet: number
  /** Sizes by name, instead of those that the part has. */
  set: Record<string, number>
}

/** A part is a module with this as `run`: it starts what it needs, and ends it. */
export type Run = (options: Options) => Promise<Row[]>

/** The sizes of a part: `[full, quick]` each. */
export function sizesOf<Name extends string>(
  { quick, set }: Options,
  sizes: Record<Name, [full: number, quick: number]>,
): Record<Name, number> {
  const names = Object.keys(sizes) as Name[]
  return Object.fromEntries(names.map((name) => [name, set[name] ?? sizes[name][quick ? 1 : 0]])) as Record<
    Name,
    number
  >
}
