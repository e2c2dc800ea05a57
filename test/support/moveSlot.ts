import { setTimeout as delay } from 'node:timers/promises'
import type { Group, Node } from '../setup/redisGroups.ts'

const idOf = async ({ redis }: Node) => String(await redis.cluster('MYID'))

/**
 * Moves the slot of a Cluster in which the service has its names to another primary, one name after the other.
 * `meanwhile` runs in each state in between.
 */
export async function moveSlot(
  { nodes }: Group,
  { from, to }: { from: Node; to: Node },
  meanwhile: () => Promise<unknown> = () => delay(5),
): Promise<void> {
  const slot = await from.redis.cluster('KEYSLOT', '{keys}:')
  await to.redis.call('cluster', 'setslot', slot, 'importing', await idOf(from))
  await from.redis.call('cluster', 'setslot', slot, 'migrating', await idOf(to))
  await meanwhile()
  for (;;) {
    const names = (await from.redis.call('cluster', 'getkeysinslot', slot, 1_000)) as string[]
    if (names.length === 0) break
    for (const name of names) await from.redis.call('migrate', '127.0.0.1', to.port, name, 0, 5_000)
    await meanwhile()
  }
  // Replicas refuse it, and hear of it.
  for (const { redis } of [to, from, ...nodes])
    await redis.call('cluster', 'setslot', slot, 'node', await idOf(to)).catch(() => {})
}
