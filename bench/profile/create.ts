import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ACCOUNTS, createRequest, WAITING } from '../create.ts'
import { createKeys, MANY_CALLS } from '../createKeys.ts'
import { startTimeline } from '../hanging/timeline.ts'
import { startService } from '../startService.ts'
import { profiled } from './nodeParts.ts'
import { WATCHED_POSTGRES } from './postgresParts.ts'
import { renderProfile } from './render.ts'
import { watchService } from './watchService.ts'

/** As many as leave these two processors time, so that what the clocks say is CPU time. */
const PER_SECOND = 20

/** Creating a key, from the request to the 201, and what follows from it. */
export async function profileCreate({ seconds }: { seconds: number }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-profile-'))
  const nodeArgs = (name: string) => profiled(join(folder, name))
  const service = await startService({
    durable: true,
    settings: WATCHED_POSTGRES,
    env: { ...MANY_CALLS, ...WAITING },
    api: { nodeArgs: nodeArgs('api') },
  })
  try {
    const worker = await service.startWorker({ nodeArgs: nodeArgs('worker') })
    const requests: Buffer[] = []
    while (requests.length < ACCOUNTS) requests.push(createRequest((await createKeys(service, 1)).adminKey))
    const load = async (forSeconds: number) => {
      const timeline = startTimeline(new URL(service.api.url), requests, PER_SECOND)
      await delay(forSeconds * 1_000)
      const asked = await timeline.stop()
      const other = asked.find(({ status }) => status !== 201)
      if (other) throw new Error(`A create answered ${other.status}`)
      return asked.length
    }
    await load(10)
    const end = await watchService(service, folder, { api: service.api, worker })
    const read = await end(await load(seconds * 2))
    await worker.stop()
    await service.api.stop()
    return renderProfile({ of: 'a key', in: 'ms' }, await read())
  } finally {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
