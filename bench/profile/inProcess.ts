import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { createKeys } from '../createKeys.ts'
import { startService } from '../startService.ts'
import { startInProcess } from '../verification/startInProcess.ts'
import { writeValuesFile } from '../verification/valuesFile.ts'
import { profiled, readNodeParts, watchNode } from './nodeParts.ts'
import { watchRedis } from './redisParts.ts'
import { type Column, renderParts } from './render.ts'

const KEYS = 200
/** Each asks again when it has its answer: a batch is all of them. */
const BATCHES = [64, 8]

/** A verification by the library, without HTTP, held to one core, and Redis on the other. */
export async function profileInProcess({ seconds }: { seconds: number }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-profile-'))
  const service = await startService()
  const redis = new Redis(service.env.REDIS_URL)
  try {
    const file = join(service.folder, 'values.txt')
    const keys = await service.withWorker(() => createKeys(service, KEYS))
    await writeValuesFile(file, keys.values)
    const columns: Column[] = []
    for (const callers of BATCHES) {
      const library = await service.withWorker(async () => {
        const options = { core: 1, nodeArgs: profiled(folder) }
        const started = await startInProcess(service.env, keys.serviceToken, file, options)
        await started.fill(KEYS)
        return started
      })
      await library.rate(callers, 2, KEYS)
      const [endNode, endRedis] = [await watchNode(library.pid), await watchRedis(redis, service.redisPid)]
      const { rate } = await library.rate(callers, seconds, KEYS)
      const [watched, ofRedis] = [await endNode(), await endRedis(rate * seconds)]
      await library.stop()
      const parts = await readNodeParts(folder, watched, rate * seconds)
      columns.push({ head: `library, batches of ${callers}`, parts }, { head: 'its Redis', parts: ofRedis })
      await service.drain()
    }
    return renderParts({ of: 'a verification', in: 'µs' }, columns)
  } finally {
    redis.disconnect()
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
