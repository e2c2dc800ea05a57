import type { Redis } from 'ioredis'
import { askNode, type Node } from '../platform/askNode.ts'
import type { MovingRedis } from '../platform/redisUrl.ts'
import { within } from '../platform/within.ts'

/** A node that has yielded answers at once; one that hangs must not hold up those who wait for its lease, in ms. */
const BOUND_MS = 300

/** `runId`: of the node that began the former epoch. `marker`: the name of the marker, and `fresh` the new one. */
type Question = { runId: string; marker: string; fresh: string }

/**
 * Whether a node of a Cluster can never admit again in the epoch that it began, because it has handed over: it follows
 * the node of this connection and has the new epoch's marker from there, or the slot has moved away with every name.
 * Each script compares the marker first, also one that still waits in a socket. Begin the new epoch before this is
 * asked: whatever comes back to that node later is then of the new one. False where it does not say so in time.
 */
export async function hasYielded(cluster: MovingRedis, redis: Redis, question: Question): Promise<boolean> {
  const ask = async () => {
    const asked = (await nodesOf(redis)).map((node) => askNode(node, cluster, (one) => isOver(one, question)))
    // The first that says so is enough: others may hang.
    await Promise.any(
      asked.map((one) => one.then((over) => over || Promise.reject(new Error('Not this one.')))),
    )
    return true
  }
  return within(BOUND_MS, ask()).catch(() => false)
}

async function isOver(redis: Redis, { runId, marker, fresh }: Question): Promise<boolean> {
  if (!(await redis.info('server')).includes(`run_id:${runId}`)) return false
  const slot = await redis.cluster('KEYSLOT', marker)
  if (Number(await redis.call('cluster', 'countkeysinslot', slot)) === 0) return true
  await redis.readonly()
  return (await redis.get(marker)) === fresh
}

/** Every node that serves a slot, or follows one that does, as the node of this connection sees them. */
async function nodesOf(redis: Redis): Promise<Node[]> {
  const slots = await redis.cluster('SLOTS')
  const serving = slots.flatMap(([, , ...nodes]) => nodes.map(([host, port]) => ({ host, port })))
  const known = serving.filter(({ host }) => host && host !== '?')
  return [...new Map(known.map((node) => [`${node.host} ${node.port}`, node])).values()]
}
