import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startClock } from '../cost.ts'
import { startRollup } from '../usage/rollup.ts'
import { profiled } from './nodeParts.ts'
import { WATCHED_POSTGRES } from './postgresParts.ts'
import { type Profile, renderProfile } from './render.ts'
import { watchService } from './watchService.ts'

/** Rolling up a reported event, 500 addresses a key, by one worker that is held to one core. */
export async function profileRollup({ seconds }: { seconds: number }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-profile-'))
  let read: (() => Promise<Profile>) | undefined
  const bench = await startRollup({
    nodeArgs: profiled(join(folder, 'worker')),
    settings: WATCHED_POSTGRES,
    clock: async (pids) => {
      const end = await watchService(bench.service, folder, { worker: { pid: pids.server } })
      const stop = await startClock(pids)
      return async (units) => {
        read = await end(units)
        return stop(units)
      }
    },
  })
  try {
    await bench.rollUp(50_000)
    await bench.rollUp(seconds * 25_000)
    await bench.worker.stop()
    if (!read) throw new Error('Nothing was rolled up')
    return renderProfile({ of: 'an event', in: 'µs' }, await read())
  } finally {
    await bench.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
