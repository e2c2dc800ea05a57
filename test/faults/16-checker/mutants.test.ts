import { appendFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { anySeed } from '../../support/random.ts'
import { OF_CLUSTER } from './kinds.ts'
import { buildMutant, changedFiles, FOUND_BY, MUTANTS } from './mutants.ts'
import { runChecker } from './runChecker.ts'

const FIRST = 'no version check at admission'
const SECONDS = Number(process.env.CHECKER_SECONDS ?? 60)

/** All of them with CHECKER_MUTANTS=all; else the one that needs no luck. Separated by `;`: these. */
const asked = process.env.CHECKER_MUTANTS ?? FIRST
const chosen = asked === 'all' ? Object.keys(MUTANTS) : asked.split(';')

/** Each kind of faults that is to find a build must do so alone. */
const runs = chosen.flatMap((name) =>
  (FOUND_BY[name] ?? [undefined]).map((kind) => ({ name, kind, by: kind ?? 'any fault' })),
)

it.each(Object.entries(MUTANTS))('the code has what a build changes: %s', async (_name, changes) => {
  expect((await changedFiles(changes)).size).toBeGreaterThan(0)
})

it.each(runs)(
  'the checker finds violations in a build with $name, by $by',
  async ({ name, kind }) => {
    const changes = MUTANTS[name]
    if (!changes) throw new Error(`There is no mutant ${name}`)
    const build = await buildMutant(changes, process.env.CHECKER_BUILD)
    try {
      const report = await runChecker({
        histories: 100_000,
        seed: anySeed(),
        build,
        logs: process.env.CHECKER_LOGS,
        untilViolation: SECONDS,
        ...(kind && kind in OF_CLUSTER ? { primary: 'cluster' as const } : {}),
        // Few are quicker, where one history is all that it takes.
        only: kind && [kind],
        ...(kind || name === FIRST ? { atOnce: 5 } : {}),
      })
      const { seed, seconds, histories, violations, outcomes, faults, firstViolations } = report
      const text = JSON.stringify({
        name,
        violations,
        seconds,
        histories,
        seed,
        outcomes,
        faults,
        firstViolations,
      })
      console.log(text)
      if (process.env.CHECKER_REPORT) appendFileSync(process.env.CHECKER_REPORT, `${text}\n`)
      expect(violations).toBeGreaterThan(0)
    } finally {
      await rm(build, { recursive: true, force: true })
    }
  },
  (SECONDS + 240) * 1_000,
)
