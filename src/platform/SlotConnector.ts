import { connect as connectTcp } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { AbstractConnector, type RedisOptions } from 'ioredis'
import { askNode, type Node } from './askNode.ts'
import type { MovingRedis } from './redisUrl.ts'

/** The longest time after which all of them are asked again, in ms. */
const AGAIN_MS = 1_000

type Claim = { node: Node; epoch: number; others: Node[] }

/** The options of ioredis for a plain connection to whichever node of a Cluster serves the slot of a name. */
export function slotOptions(cluster: MovingRedis, name: string): RedisOptions {
  const { username, password } = cluster
  class Connector extends SlotConnector {
    constructor(options: unknown) {
      super(cluster, name, (options as RedisOptions).disconnectTimeout ?? 2_000)
    }
  }
  return { username, password, Connector }
}

/**
 * Opens connections of ioredis to the node of a Cluster that serves one slot: everything of a region is in one. It asks
 * each time, because a slot moves and a replica is promoted.
 */
class SlotConnector extends AbstractConnector {
  readonly #cluster: MovingRedis
  readonly #name: string
  /** The nodes that were named, and those that a node has named since. */
  #nodes: Node[]

  constructor(cluster: MovingRedis, name: string, disconnectTimeout: number) {
    super(disconnectTimeout)
    this.#cluster = cluster
    this.#name = name
    this.#nodes = cluster.nodes
  }

  /** Asks until a node knows who serves the slot: ioredis would give up the connection for ever where this throws. */
  override async connect(report: (type: string, error: Error) => void): Promise<typeof this.stream> {
    this.connecting = true
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#open()
      } catch (error) {
        if (!this.connecting) throw error
        report('error', error as Error)
        await delay(Math.min(50 * attempt, AGAIN_MS))
      }
    }
  }

  async #open(): Promise<typeof this.stream> {
    const { node, others } = await findServer({ ...this.#cluster, nodes: this.#nodes }, this.#name)
    if (!this.connecting) throw new Error('Connection is closed.')
    this.#nodes = unique([...this.#cluster.nodes, ...others])
    this.stream = this.#cluster.encrypted ? connectTls(node) : connectTcp(node)
    this.stream.once('error', (error) => {
      this.firstError = error
    })
    return this.stream
  }
}

/**
 * Asks every node at once. Where they differ, as during a fail-over or in a partition, the newest configuration counts,
 * as among themselves.
 */
async function findServer(cluster: MovingRedis, name: string): Promise<Claim> {
  const asked = await Promise.allSettled(cluster.nodes.map((node) => askServer(cluster, node, name)))
  const claims = asked.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []))
  const [newest] = claims.toSorted((one, other) => other.epoch - one.epoch)
  if (newest) return newest
  const failed = asked.find((one) => one.status === 'rejected')
  const reason = failed ? `: ${failed.reason.message}` : '.'
  throw new Error(`No node of the Cluster says which one serves the slot${reason}`, { cause: failed?.reason })
}

function askServer(cluster: MovingRedis, asked: Node, name: string): Promise<Claim | undefined> {
  return askNode(asked, cluster, async (redis) => {
    const [slot, slots, nodes] = await Promise.all([
      redis.cluster('KEYSLOT', name),
      redis.cluster('SLOTS'),
      redis.cluster('NODES') as Promise<string>,
    ])
    // It may not know its own host, and then says nothing or `?`.
    const addressOf = ([host, port]: [string, number, string, unknown[]]) => ({
      host: host && host !== '?' ? host : asked.host,
      port,
    })
    const range = slots.find(([from, to]) => from <= slot && slot <= to)
    const [, , primary] = range ?? []
    if (!primary) return undefined
    const others = slots.flatMap(([, , ...serving]) => serving.map(addressOf))
    return { node: addressOf(primary), epoch: configEpochOf(nodes, primary[2]), others }
  })
}

/** A line of CLUSTER NODES: ID, address, flags, its primary, ping, pong, configuration epoch, … */
const configEpochOf = (nodes: string, id: string): number =>
  Number(
    nodes
      .split('\n')
      .find((line) => line.startsWith(id))
      ?.split(' ')[6] ?? 0,
  )

function unique(nodes: Node[]): Node[] {
  return [...new Map(nodes.map((node) => [`${node.host} ${node.port}`, node])).values()]
}
