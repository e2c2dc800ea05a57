/**
 * Measures every goal of speed, prints the table, and writes it into README.md: see there. What is known so far is in
 * results.json after each part, so a run that is ended leaves what it had.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../src/dev/dataDir.ts'
import { type Options, PART_NAMES, type PartName } from './all/Part.ts'
import { parts } from './all/parts.ts'
import { renderResults } from './all/render.ts'
import { type Results, readResults, writeResults } from './all/results.ts'
import { endParts, runPart } from './all/runPart.ts'
import { describeMachine, publish, say } from './report.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    resume: { type: 'boolean', default: false },
    quiet: { type: 'string', default: '100' },
    set: { type: 'string', multiple: true, default: [] },
    results: { type: 'string' },
    write: { type: 'boolean' },
  },
})
const { only, quick, resume } = values
const chosen = only === undefined ? [...PART_NAMES] : only.split(',').map(partNamed)
// The page shows whole runs.
const write = values.write ?? (only === undefined && !quick)
const file = values.results ?? join(root, write ? 'bench/results.json' : '.data/bench-results.json')
const options: Options = { quick, quiet: Number(values.quiet) / 100, set: readSizes(values.set) }

const earlier = resume ? await readResults(file) : undefined
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
if (earlier && (earlier.commit !== commit || earlier.quick !== quick))
  throw new Error(
    `--resume: ${file} is of ${earlier.commit}${earlier.quick ? ', quick' : ''}. Begin a new run.`,
  )
const results: Results = earlier ?? {
  at: new Date().toISOString(),
  commit,
  machine: describeMachine(),
  quick,
  parts: {},
}

let isEnding = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    isEnding = true
    void endParts()
  })
}

const started = performance.now()
for (const [place, name] of chosen.entries()) {
  if (results.parts[name]?.state === 'measured') continue
  say(`\n${place + 1} of ${chosen.length}: ${name}, about ${quick ? 1 : parts[name].minutes} min`)
  const outcome = await runPart(name, options)
  if (isEnding) process.exit(130)
  results.parts[name] = outcome
  if (outcome.state === 'failed') say(`${name} failed: ${outcome.reason}`)
  await writeResults(file, results)
}
say(`\n${Math.round((performance.now() - started) / 60_000)} minutes; results in ${file}\n`)
await publish('all', renderResults(results), write)
if (Object.values(results.parts).some(({ state }) => state === 'failed')) process.exitCode = 1

function partNamed(text: string): PartName {
  const name = PART_NAMES.find((one) => one === text)
  if (!name) throw new Error(`--only takes some of ${PART_NAMES.join(',')}: ${text}`)
  return name
}

function readSizes(texts: string[]): Record<string, number> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = '', value = ''] = text.split('=')
      if (value === '' || Number.isNaN(Number(value))) throw new Error(`--set takes name=number: ${text}`)
      return [name, Number(value)]
    }),
  )
}
