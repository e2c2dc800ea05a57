import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureReads, type Read, startReading } from '../usage/reading.ts'
import { profiled } from './nodeParts.ts'
import { WATCHED_POSTGRES } from './postgresParts.ts'
import { type Profile, renderParts, renderStatements } from './render.ts'
import { watchService } from './watchService.ts'

const SIZES = { keys: 2_000, hoursADay: 6 }
const WARM_UP = 50
const COUNTS: Record<Read, number> = { usage: 60, page: 12 }
const HEADS: Record<Read, string> = { usage: 'a key’s usage', page: 'a page of 100 keys' }

/** Reading one key's usage, and a page of keys with theirs, one reader. */
export async function profileReading({ seconds }: { seconds: number }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-profile-'))
  const { service, tenants } = await startReading(SIZES, {
    settings: WATCHED_POSTGRES,
    api: { nodeArgs: profiled(join(folder, 'api')) },
  })
  try {
    const reads: [Read, () => Promise<Profile>][] = []
    for (const read of ['usage', 'page'] as const) {
      const load = (count: number) => measureReads(service.api.url, tenants, read, { atOnce: 1, count })
      await load(WARM_UP)
      const end = await watchService(service, folder, { api: service.api })
      const count = COUNTS[read] * seconds
      await load(count)
      reads.push([read, await end(count)])
    }
    await service.api.stop()
    const profiles: [Read, Profile][] = []
    for (const [read, profile] of reads) profiles.push([read, await profile()])
    const columns = profiles.flatMap(([read, profile]) =>
      profile.columns
        .filter(({ head }) => head !== 'Redis')
        .map(({ head, parts }) => ({ head: `${HEADS[read]}: ${head}`, parts })),
    )
    return [
      renderParts({ of: 'a read', in: 'ms' }, columns),
      ...profiles.map(([read, { statements }]) =>
        renderStatements({ of: `for ${HEADS[read]}`, in: 'ms' }, statements),
      ),
    ].join('\n\n')
  } finally {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
