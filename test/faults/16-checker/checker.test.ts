import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { root } from '../../../src/dev/dataDir.ts'
import { anySeed } from '../../support/random.ts'
import { runChecker } from './runChecker.ts'

const HISTORIES = Number(process.env.CHECKER_HISTORIES ?? 200)
const MINUTES = Number(process.env.CHECKER_MINUTES ?? Number.POSITIVE_INFINITY)
const seed = anySeed()

it(
  `promises 3 and 13: in ${HISTORIES} histories under faults no verification that starts after the answer of a revoke or suspension is accepted (seed ${seed})`,
  async () => {
    const report = await runChecker({
      histories: HISTORIES,
      minutes: MINUTES,
      seed,
      build: process.env.CHECKER_BUILD ?? root,
      faults: process.env.CHECKER_FAULTS !== 'none',
      logs: process.env.CHECKER_LOGS,
    })
    const text = JSON.stringify(report, undefined, 1)
    if (process.env.CHECKER_REPORT) writeFileSync(process.env.CHECKER_REPORT, `${text}\n`)
    console.log(text)
    const { violations, wronglyRefused, died, odd, verifications, histories } = report
    expect({ violations, wronglyRefused, died, odd, seed }).toEqual({
      violations: 0,
      wronglyRefused: 0,
      died: [],
      odd: [],
      seed,
    })
    // It was no idle run: keys worked before, and verifiers refused them afterwards.
    expect(verifications.accepted).toBeGreaterThan(histories)
    expect(verifications.refusedAfter).toBeGreaterThan(3 * histories)
  },
  // Beside other programs a history takes more than a second.
  1_200_000 + HISTORIES * 3_000,
)
