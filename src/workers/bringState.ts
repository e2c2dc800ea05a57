import { loadStates } from '../domain/keys/keyState.ts'
import { confirmRegion, noteArrivals } from '../domain/regions.ts'
import type { Region } from '../region/Region.ts'
import type { WorkerContext } from './context.ts'

type Owed = { commandId: string; keyIds: string[]; accountIds: string[] }

/** An import brings thousands: verifications need not wait for a script that writes them all. */
const KEYS_AT_ONCE = 200

/** Writes the present state of keys and accounts into a region and records that it has them. Throws RegionUnavailable. */
export async function bringState(
  { orm, now }: Pick<WorkerContext, 'orm' | 'now'>,
  region: Region,
  { commandId, keyIds, accountIds }: Owed,
): Promise<void> {
  const em = orm.em.fork()
  const states = await region.fill(() => loadStates(em, 'account', accountIds, now(), region.name))
  for (let at = 0; at < keyIds.length; at += KEYS_AT_ONCE) {
    const some = keyIds.slice(at, at + KEYS_AT_ONCE)
    states.push(...(await region.fill(() => loadStates(em, 'id', some, now(), region.name))))
  }
  const at = new Date()
  await em.transactional(async (tx) => {
    const versions = states.map(({ key }) => ({ keyId: key.keyId, version: key.version }))
    await noteArrivals(tx, region.name, versions, at)
    await confirmRegion(tx, { commandId, region: region.name, at })
  })
}
