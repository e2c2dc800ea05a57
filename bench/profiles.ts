/** Where the time of each kind of work goes, by process and part: see README.md. */
import { parseArgs } from 'node:util'
import { profileClaims } from './profile/claims.ts'
import { profileCreate } from './profile/create.ts'
import { profileFreshness } from './profile/freshness.ts'
import { profileInProcess } from './profile/inProcess.ts'
import { profileLatency } from './profile/latency.ts'
import { profileReading } from './profile/reading.ts'
import { profileRevocation } from './profile/revocation.ts'
import { profileRollup } from './profile/rollup.ts'
import { profileStart } from './profile/start.ts'
import { profileVerification } from './profile/verification.ts'
import { describeRun, publish, say, wholeNumber } from './report.ts'

const PROFILES: Record<string, (options: { seconds: number }) => Promise<string>> = {
  verification: profileVerification,
  'in process': profileInProcess,
  latency: profileLatency,
  rollup: profileRollup,
  claims: profileClaims,
  freshness: profileFreshness,
  reading: profileReading,
  revocation: profileRevocation,
  create: profileCreate,
  start: profileStart,
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(PROFILES).join() },
    seconds: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
})
const seconds = wholeNumber('seconds', values.seconds)
const HOW = 'One run; profiling makes everything some per cent slower.'

for (const name of values.only.split(',')) {
  const profile = PROFILES[name]
  if (!profile) throw new Error(`--only takes some of ${Object.keys(PROFILES).join()}: ${name}`)
  say(`\n${name}`)
  await publish(`profile of ${name}`, `${describeRun(HOW)}\n\n${await profile({ seconds })}`, values.write)
}
