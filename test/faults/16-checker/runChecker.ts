import { setTimeout as delay } from 'node:timers/promises'
import { createRandom } from '../../support/random.ts'
import { type ClusterOptions, REGIONS, startCluster } from './cluster.ts'
import { Faults } from './Faults.ts'
import { Histories } from './Histories.ts'
import type { Kind } from './kinds.ts'
import { sendLateJobs } from './lateJobs.ts'
import { Oracle } from './Oracle.ts'

export type CheckerOptions = {
  histories: number
  /** Begins no more histories after so many, however few they are. Default: no bound. */
  minutes?: number
  seed: number
  /** Folder of the code to run: a whole copy of this repository, or itself. */
  build: string
  /** Stops at the first violation, or after so many seconds: for builds that ought to have one. */
  untilViolation?: number
  /** Default: true. Without, for how it does when all is well. */
  faults?: boolean
  /** Only these kinds. */
  only?: Kind[]
  /** How many histories at once. */
  atOnce?: number
  /** What the primary region's Redis is in. Default: CHECKER_PRIMARY, else it is alone. */
  primary?: ClusterOptions['primary']
  /** Folder for what the processes write. */
  logs?: string
}

const AT_ONCE = 40
const LOOK_MS = 100
/** How long histories that are under way have at the end. */
const LAST_MS = 5_000

/** Runs histories under faults and reports every verification that was answered as it must not be. */
export async function runChecker(options: CheckerOptions) {
  const { histories: count, minutes = Number.POSITIVE_INFINITY } = options
  const { seed, build, untilViolation, logs, primary } = options
  const random = createRandom(seed)
  const cluster = await startCluster(build, { logs, primary })
  try {
    const oracle = new Oracle(cluster)
    const histories = new Histories(cluster, oracle, seed)
    const faults = new Faults(cluster, histories, oracle, random, options.only)
    const started = performance.now()
    const seconds = () => Math.round((performance.now() - started) / 1_000)
    const enough = () =>
      untilViolation !== undefined && (oracle.violations.length > 0 || seconds() > untilViolation)
    let over = false
    const telling = setInterval(() => {
      const { accepted, refusedAfter, unavailable } = oracle.counts
      console.log(
        `${seconds()} s: ${histories.finished} histories, ${accepted} accepted, ${refusedAfter} refused after, ` +
          `${unavailable} not decided, ${oracle.violations.length} violations`,
      )
    }, 10_000)
    const late = sendLateJobs(cluster, createRandom(seed + 1), {
      isOver: () => over,
      isPaused: (region) => faults.isAway(region),
    })
    const checking = histories.keepChecking(createRandom(seed + 2), () => over)
    const withFaults = options.faults !== false
    const isLate = () => seconds() >= minutes * 60
    const hasAll = () => histories.finished >= count || isLate()
    // However quickly the histories go, each way to leave and come back is among the faults.
    const isOver = () =>
      over || enough() || isLate() || (hasAll() && (!withFaults || faults.hadEachMembership))
    const atOnce = Number(process.env.CHECKER_AT_ONCE ?? options.atOnce ?? AT_ONCE)
    // Those that wait for what a fault has lost wait for the next sweep of commands: not at the end.
    const untilOver = async () => {
      while (!isOver() && !over) await delay(LOOK_MS)
      if (!enough()) await delay(LAST_MS)
      histories.commands.giveUp()
    }
    const run = async () => {
      const running = histories.run(Math.min(atOnce, Math.ceil(count / 4)), isOver)
      running.catch(() => {})
      await Promise.race([running, untilOver()])
    }
    try {
      await (withFaults ? faults.during(run, hasAll) : run())
    } finally {
      over = true
      clearInterval(telling)
    }
    const [lateJobs] = await Promise.all([late, checking])
    if (!enough()) {
      for (const region of REGIONS) await histories.recheck(region, random, 'all is well')
      await histories.recheckAll(Math.min(4_000, histories.ended.length), random)
    }
    await delay(0)
    return {
      seed,
      seconds: seconds(),
      histories: histories.finished,
      abandoned: histories.abandoned,
      keysEnded: histories.ended.length,
      keysEndedMeanwhile: faults.kept.ended,
      rotated: histories.rotated,
      renamed: histories.renamed,
      suspended: histories.suspended,
      resumed: histories.resumed,
      outcomes: histories.outcomes,
      verifications: oracle.counts,
      refusedBy: oracle.refusedBy,
      commands: histories.commands.counts,
      refusals: histories.commands.refusals,
      faults: { ...faults.counts, unreadable: faults.files.unreadable },
      lateJobs,
      slowFills: { written: histories.fills.written, ofAnEarlierEpoch: histories.fills.refused },
      died: cluster.died,
      odd: oracle.odd,
      violations: oracle.violations.length,
      firstViolations: oracle.violations.slice(0, 3),
      wronglyRefused: oracle.wronglyRefused.length,
      firstWronglyRefused: oracle.wronglyRefused.slice(0, 3),
    }
  } finally {
    await cluster.stop()
  }
}
