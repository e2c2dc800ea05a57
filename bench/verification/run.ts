/** Measures verification beside what else one could do, in one run: see ../README.md. Needs `npm ci --prefix bench`. */
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import { createKeys } from '../createKeys.ts'
import { requireWrk } from '../runWrk.ts'
import { startService } from '../startService.ts'
import { describeRun, publish, say, wholeNumber } from '../usage/report.ts'
import { FEW, type Fsync, MANY, startContenders } from './contenders.ts'
import { writeKeyFiles } from './manyKeys.ts'
import { type Rounds, toMarkdown } from './results.ts'
import { measureRound, type Setting } from './round.ts'
import { startInProcess } from './startInProcess.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    quiet: { type: 'string', default: '100' },
    write: { type: 'boolean', default: false },
  },
})
const roundCount = wholeNumber('rounds', values.rounds)
const seconds = wholeNumber('seconds', values.seconds)
const quiet = wholeNumber('quiet', values.quiet) / 100
const FSYNCS: Fsync[] = ['everysec', 'always']

await requireWrk()
const service = await startService()
say('making keys')
// The worker fills the region for the verifier that has no Postgres, which is what brings every key there.
const { keys, files, inProcess, memory } = await service.withWorker(async () => {
  const keys = await createKeys(service, FEW)
  const files = await writeKeyFiles(service, keys, [1, FEW, MANY])
  const inProcess = await startInProcess(service, keys, files.get(MANY) ?? '')
  return { keys, files, inProcess, memory: await inProcess.fill() }
})
say(`${memory.bytesPerKey.toFixed(0)} bytes a key; starting the others`)
const { contenders, stop } = await startContenders(service, files)
const redis = new Redis(service.env.REDIS_URL)
const setting: Setting = { service, keys, redis, contenders, inProcess, seconds, quiet }

const rounds: Rounds = new Map(FSYNCS.map((fsync) => [fsync, []]))
for (let round = 1; round <= roundCount; round++) {
  for (const fsync of FSYNCS) {
    say(`round ${round}`)
    rounds.get(fsync)?.push(await measureRound(setting, fsync))
  }
}
await Promise.all([stop(), inProcess.stop()])
redis.disconnect()
await service.stop()

const how = `${roundCount} rounds of ${seconds} s each, medians; 64 connections.`
await publish(
  'verification',
  `${describeRun(how)}\n\n${toMarkdown(contenders, rounds, memory)}`,
  values.write,
)
