/**
 * An hour of everything over three regions, one of them a Cluster, while everything fails: test/faults/soak.test.ts,
 * for longer than CI has time. `--minutes 60`, `--write`; SEED repeats its draws.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../src/dev/dataDir.ts'
import { describeRun, publish, table, whole, wholeNumber } from './report.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, write: { type: 'boolean', default: false } },
})
const minutes = wholeNumber('minutes', values.minutes)
const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-soak-'))
const file = join(folder, 'report.json')
const vitest = spawn(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', 'test/faults/soak.test.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SOAK_MINUTES: String(minutes), SOAK_REPORT: file },
  },
)
const [status] = await once(vitest, 'exit')
const report = JSON.parse(await readFile(file, 'utf8'))
await rm(folder, { recursive: true, force: true })

const { verifications, usage, alerts, events, faults, verdicts } = report
const rows: [string, string, string][] = [
  [
    'histories of keys that end',
    `${whole(report.histories)} finished; ${whole(verifications.accepted)} accepted before an end, ${whole(verifications.refusedAfter)} refused after it`,
    `${verdicts.violations.length} accepted after, ${verdicts.wronglyRefused.length} wrongly refused`,
  ],
  [
    'usage',
    `${whole(usage.admitted)} admitted, ${whole(usage.unknown)} not decided; ${whole(usage.reported)} events reported, some again`,
    `${verdicts.usage.length} keys counted wrongly`,
  ],
  ['`keys usage reconcile`', '', `${verdicts.reconciled.length} differences`],
  [
    'alerts',
    `${alerts.crossings} crossings; webhooks heard of ${alerts.fired}, and of ${alerts.resolved} recoveries`,
    `${verdicts.alerts.length} rules notified wrongly`,
  ],
  [
    'lifecycle events',
    `${whole(events.certain)} changes acknowledged, ${events.unknown} of which nobody knows`,
    `${verdicts.events.length} missing, twice or out of order`,
  ],
  ['processes', '', `${verdicts.died.length} ended by themselves, ${verdicts.odd.length} odd answers`],
]
const struck = Object.entries(faults).map(([kind, times]) => `${kind} ${times}`)
await publish(
  'soak',
  [
    describeRun(`${minutes} minutes; seed ${report.seed}.`),
    '',
    table(['what', 'how much', 'found'], rows),
    '',
    `Faults: ${struck.join(', ')}.`,
  ].join('\n'),
  values.write,
)
process.exitCode = status
