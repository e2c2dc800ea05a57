import { access } from 'node:fs/promises'
import type { PartName, Run } from './Part.ts'

type Declared = {
  /** How long a whole run takes; after three times as long it has failed. */
  minutes: number
  /** Relative to bench/. Its `run` is the part. */
  module: string
}

/** What measures each part. To add one, add its name to Part.ts, a line here, and its rows to goals.ts. */
export const parts: Record<PartName, Declared> = {
  verification: { minutes: 3, module: 'verification/http.ts' },
  'in-process': { minutes: 2, module: 'verification/library.ts' },
  latency: { minutes: 3, module: 'verification/latency.ts' },
  rollup: { minutes: 3, module: 'usage/throughput.ts' },
  claims: { minutes: 7, module: 'usage/claims.ts' },
  freshness: { minutes: 2, module: 'usage/freshness.ts' },
  reading: { minutes: 6, module: 'usage/reading.ts' },
  revocation: { minutes: 2, module: 'revocation.ts' },
  create: { minutes: 1, module: 'create.ts' },
  alerts: { minutes: 3, module: 'alerts.ts' },
  start: { minutes: 2, module: 'start.ts' },
}

/** The part's function; undefined where nobody has written its module yet. */
export async function loadPart(name: PartName): Promise<Run | undefined> {
  const url = new URL(`../${parts[name].module}`, import.meta.url)
  const isThere = await access(url).then(
    () => true,
    () => false,
  )
  if (!isThere) return undefined
  const { run } = (await import(url.href)) as { run?: Run }
  if (!run) throw new Error(`bench/${parts[name].module} has no run`)
  return run
}
