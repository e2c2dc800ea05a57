import { setTimeout as delay } from 'node:timers/promises'
import type { Group, Node } from '../setup/redisGroups.ts'
import { eventually } from './eventually.ts'

const idOf = ({ redis }: Node) => surely(async () => String(await redis.cluster('MYID')))

/** Asks again where a busy server does not answer in time: a slot must not stay half moved. */
async function surely<Value>(ask: () => Promise<Value>): Promise<Value> {
  const asked = await eventually(
    () => ask().then((value) => [value], notInTime),
    (answer) => answer !== undefined,
  )
  return (asked as [Value])[0]
}

function notInTime(error: unknown): undefined {
  if (!/timed out|IOERR/.test(String(error))) throw error
}

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
  const [idFrom, idTo] = [await idOf(from), await idOf(to)]
  await surely(() => to.redis.call('cluster', 'setslot', slot, 'importing', idFrom))
  await surely(() => from.redis.call('cluster', 'setslot', slot, 'migrating', idTo))
  await meanwhile()
  for (;;) {
    const names = (await surely(() => from.redis.call('cluster', 'getkeysinslot', slot, 1_000))) as string[]
    if (names.length === 0) break
    for (const name of names)
      await surely(() => from.redis.call('migrate', '127.0.0.1', to.port, name, 0, 5_000, 'replace'))
    await meanwhile()
  }
  // Replicas refuse it, and hear of it.
  for (const { redis } of [to, from, ...nodes])
    await surely(() => redis.call('cluster', 'setslot', slot, 'node', idTo)).catch(() => {})
}
