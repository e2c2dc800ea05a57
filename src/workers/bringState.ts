import { loadStates } from '../domain/keys/keyState.ts'
import { confirmRegion, noteArrivals } from '../domain/regions.ts'
import type { Region } from '../region/Region.ts'
import type { WorkerContext } from './context.ts'

type Owed = { commandId: string; keyIds: string[]; accountIds: string[] }

/** Writes the present state of keys and accounts into a region and records that it has them. Throws RegionUnavailable. */
export async function bringState(
  { orm, now }: Pick<WorkerContext, 'orm' | 'now'>,
  region: Region,
  { commandId, keyIds, accountIds }: Owed,
): Promise<void> {
  const em = orm.em.fork()
  const states = await region.fill(async () => [
    ...(await loadStates(em, 'id', keyIds, now(), region.name)),
    ...(await loadStates(em, 'account', accountIds, now(), region.name)),
  ])
  const at = new Date()
  await em.transactional(async (tx) => {
    const versions = states.map(({ key }) => ({ keyId: key.keyId, version: key.version }))
    await noteArrivals(tx, region.name, versions, at)
    await confirmRegion(tx, { commandId, region: region.name, at })
  })
}
