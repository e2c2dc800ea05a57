import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKeys } from '../createKeys.ts'
import { startApi } from '../start.ts'
import { startService } from '../startService.ts'
import { profiled, readNodeParts } from './nodeParts.ts'
import { renderParts } from './render.ts'

/** An api process from its start to its first verification, and to the end of what follows from starting. */
export async function profileStart(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-profile-'))
  const service = await startService()
  try {
    const { values } = await service.withWorker(() => createKeys(service, 1))
    await service.api.stop()
    const start = () => startApi(service, String(values[0]), join(folder, 'kept'), profiled(folder))
    // Compiles, and keeps what it has compiled.
    await start()
    const { watched } = await start()
    const parts = await readNodeParts(folder, watched, 1)
    return renderParts({ of: 'a start', in: 'ms' }, [{ head: 'api', parts }])
  } finally {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
