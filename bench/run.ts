/** Measures the service against bare servers: see README.md. */
import { parseArgs } from 'node:util'
import { createKeys } from './createKeys.ts'
import { measure, type Sample } from './measure.ts'
import { describeCounts, describeMachine, describeSample, loadNow, toMarkdown } from './report.ts'
import { requireWrk } from './runWrk.ts'
import { startBare } from './startProcess.ts'
import { startService } from './startService.ts'
import { summarise } from './summarise.ts'
import { type Target, targets } from './targets.ts'
import { waitForQuiet } from './waitForQuiet.ts'

const MOST_ATTEMPTS = 6

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true },
    quiet: { type: 'string', default: '100' },
    markdown: { type: 'boolean', default: false },
  },
})
const seconds = wholeNumber('seconds', values.seconds)
const rounds = wholeNumber('rounds', values.rounds)
const quiet = wholeNumber('quiet', values.quiet) / 100
const chosen = targets.filter(({ name }) => !values.only || values.only.includes(name))
if (chosen.length === 0)
  throw new Error(`--only takes one of ${targets.map(({ name }) => name).join(', ')}, as often as needed`)

const say = (text: string) => process.stderr.write(`${text}\n`)
await requireWrk()
const loadBefore = loadNow()
const service = await startService()
const [http, koa, body] = await Promise.all([startBare('http'), startBare('koa'), startBare('body')])
const bench = {
  service,
  bare: { http, koa, body },
  keys: await service.withWorker(() => createKeys(service)),
}

const samples: Sample[][] = []
const disturbed: Sample[] = []
for (let round = 1; round <= rounds; round++) {
  const ofRound: Sample[] = []
  for (const target of chosen) ofRound.push(await measureInQuiet(round, target))
  samples.push(ofRound)
}
await Promise.all([service.stop(), http.stop(), koa.stop(), body.stop()])

const summaries = summarise(samples)
const faults = [...samples.flat(), ...disturbed].flatMap((sample) => sample.faults)
const thrownAway = quiet < 1 ? `${disturbed.length} disturbed samples thrown away` : 'no sample thrown away'
const lines = [
  ...(values.markdown
    ? [
        `${describeMachine()}. ${rounds} rounds of ${seconds} s; load before: ${loadBefore}; ${thrownAway}.`,
        '',
      ]
    : []),
  toMarkdown(summaries),
  '',
  describeCounts(summaries),
]
process.stdout.write(`${lines.join('\n')}\n`)
for (const fault of faults) say(`NOT EXACT  ${fault}`)
process.exitCode = faults.length > 0 ? 1 : 0

/**
 * Waits for quiet, and measures again, a few times, where other programs took more of the machine than `--quiet`
 * allows.
 */
async function measureInQuiet(round: number, target: Target): Promise<Sample> {
  for (let attempt = 1; ; attempt++) {
    await waitForQuiet(quiet)
    const sample = await measure(bench, target, seconds)
    const isQuiet = (sample.cpu?.elsewhere ?? 0) <= quiet
    say(`round ${round}  ${describeSample(sample)}${isQuiet ? '' : '  (disturbed)'}`)
    if (isQuiet || attempt === MOST_ATTEMPTS) return sample
    disturbed.push(sample)
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1: ${text}`)
  return value
}
