import { AHEAD_MS } from '../../domain/metering/eventTimes.ts'
import { leaseMarginMs } from '../../domain/regions.ts'
import { type Check, found } from '../Check.ts'
import type { ClockFact, Facts } from '../Facts.ts'
import { NODE_MAJOR } from './requirements.ts'

const GIB = 1024 ** 3

/** The shortest margin that leases leave for clocks, in ms. */
const SKEW_MS = leaseMarginMs(0)

const secondsOf = (ms: number) => `${Math.round(ms / 100) / 10} s`

/** The two clocks that are furthest apart, and by how much at least, in ms. */
function furthestApart(facts: Facts) {
  const own: ClockFact = { aheadMs: 0, uncertainMs: 0 }
  const clocks = [
    { name: 'this machine', ...own },
    ...(facts.postgres?.ok ? [{ name: 'Postgres', ...facts.postgres.value.clock }] : []),
    ...facts.redis.flatMap(({ region, probed }) =>
      probed.ok ? [{ name: `the Redis of ${region}`, ...probed.value.clock }] : [],
    ),
  ].filter(({ uncertainMs }) => Number.isFinite(uncertainMs))
  if (clocks.length < 2) return undefined
  const pairs = clocks.flatMap((fast) =>
    clocks.map((slow) => ({
      fast,
      slow,
      ms: fast.aheadMs - fast.uncertainMs - (slow.aheadMs + slow.uncertainMs),
    })),
  )
  return pairs.reduce((most, pair) => (pair.ms > most.ms ? pair : most))
}

export const machineChecks: Check[] = [
  {
    id: 'node-version',
    area: 'Machine',
    severity: 'error',
    why: `Node is older than ${NODE_MAJOR}. The service is TypeScript that Node runs as it is.`,
    fix: 'Start it with `node_modules/.bin/node`, which `npm ci` installs.',
    look: ({ nodeVersion }) =>
      found(Number.parseInt(nodeVersion, 10) < NODE_MAJOR, {
        found: `Node ${nodeVersion}`,
        expected: `Node ${NODE_MAJOR} or newer`,
      }),
  },
  {
    id: 'clock-skew',
    area: 'Machine',
    severity: 'warning',
    why: `The clocks of this machine, Postgres and the regions differ by more than ${SKEW_MS / 1_000} s, the shortest margin of a lease. Minutes, days, leases and sessions then begin and end at different times. By more than ${AHEAD_MS / 60_000} minutes it is an error: usage events are refused.`,
    fix: 'Run an NTP client (`chrony`, `systemd-timesyncd`) on each of the machines.',
    look: (facts) => {
      const pair = furthestApart(facts)
      return (
        pair &&
        found(pair.ms > SKEW_MS, {
          severity: pair.ms > AHEAD_MS ? 'error' : 'warning',
          found: `The clock of ${pair.fast.name} is ${secondsOf(pair.ms)} ahead of that of ${pair.slow.name}`,
          expected: `at most ${secondsOf(SKEW_MS)}`,
        })
      )
    },
  },
  {
    id: 'disk-low',
    area: 'Machine',
    severity: 'warning',
    why: 'A disk has less than 10 % or 1 GiB left: those of `DATA_DIR` and `BACKUP_DIR`, and those of Postgres and Redis where they are on this machine and show where they write. A full disk stops all writes. Below 2 % or 256 MiB it is an error.',
    fix: 'Make room, or give it a larger disk. [What grows](operating.md#disk-for-usage).',
    look: ({ disks }) =>
      disks?.flatMap(({ what, path, freeBytes, totalBytes }) =>
        found(freeBytes < Math.max(totalBytes / 10, GIB), {
          subject: what,
          severity: freeBytes < Math.max(totalBytes / 50, GIB / 4) ? 'error' : 'warning',
          found: `${(freeBytes / GIB).toFixed(1)} of ${(totalBytes / GIB).toFixed(1)} GiB are free in ${path}`,
          expected: 'more than 10 %, and more than 1 GiB',
        }),
      ),
  },
]
