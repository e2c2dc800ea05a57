import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../../src/dev/freePort.ts'
import { findRedisServer } from '../../src/dev/redis.ts'
import { type Server, startServer } from '../../src/dev/startServer.ts'
import { eventually } from '../support/eventually.ts'
import { startClusterBus } from './clusterBus.ts'

/** One server of a group. */
export type Node = Server & {
  port: number
  redis: Redis
  /** Starts it again on its port and data, after it has ended. */
  restart: () => Promise<void>
}

/** Several servers, of which one is the primary of what the service stores; another may take its place. */
export type Group = {
  url: string
  nodes: Node[]
  /** Of a group that has them. */
  sentinels: Node[]
  /** The one that is the primary now, as the group itself says. */
  primary: () => Promise<Node>
  /** Those that could take its place. */
  replicas: () => Promise<Node[]>
  /** Makes a replica the primary without asking the one that is; which may have stopped. */
  takeOver: (replica: Node) => Promise<void>
  /** In a Cluster: the primary waits until the replica has all that it has, and hands over. */
  handOver?: (replica: Node) => Promise<void>
  /** In a Cluster: lets nothing pass between these nodes and the others. `undefined` ends that. */
  split?: (side: Node[] | undefined) => void
  stop: () => Promise<void>
}

/** Real Sentinels over a primary and its replicas. They notice that one is down after `downAfterMs`. */
export async function startSentinelGroup({
  replicas = 2,
  sentinels = 3,
  downAfterMs = 1_000,
} = {}): Promise<Group> {
  await using members = new AsyncDisposableStack()
  const folder = await makeFolder(members)
  const [first] = (await startAll(members, 1, () => startNode(folder))) as [Node]
  const replicaOf = ['--replicaof', '127.0.0.1', String(first.port)]
  const nodes = [first, ...(await startAll(members, replicas, () => startNode(folder, replicaOf)))]
  await untilReplicated(nodes)
  const lines = [
    `sentinel monitor keys 127.0.0.1 ${first.port} ${Math.floor(sentinels / 2) + 1}`,
    `sentinel down-after-milliseconds keys ${downAfterMs}`,
    'sentinel failover-timeout keys 6000',
  ]
  const watching = await startAll(members, sentinels, () => startSentinel(folder, lines))
  // Each knows the replicas and the others.
  for (const { redis } of watching)
    await eventually(
      async () => fieldsOf((await redis.call('sentinel', 'master', 'keys')) as string[]),
      (group) =>
        group['num-slaves'] === String(replicas) && group['num-other-sentinels'] === String(sentinels - 1),
    )
  boundCommands([...nodes, ...watching])
  const primary = async () => {
    const [asked] = watching.filter(isAlive) as [Node]
    const [, port] = (await asked.redis.call('sentinel', 'get-master-addr-by-name', 'keys')) as string[]
    return nodeAt(nodes, Number(port))
  }
  return {
    url: `redis+sentinel://${watching.map(({ port }) => `127.0.0.1:${port}`).join(',')}/keys`,
    nodes,
    sentinels: watching,
    primary,
    replicas: async () => {
      const one = await primary()
      return nodes.filter((node) => node !== one && isAlive(node))
    },
    takeOver: async () => {
      await watching[0]?.redis.call('sentinel', 'failover', 'keys')
    },
    stop: stopOf(members),
  }
}

/** A real Cluster. What the service stores is in one slot, so with one of its primaries. */
export async function startCluster({ primaries = 3, replicas = 1, timeoutMs = 1_000 } = {}): Promise<Group> {
  await using members = new AsyncDisposableStack()
  const folder = await makeFolder(members)
  const size = primaries * (1 + replicas)
  const ports = await Promise.all(Array.from({ length: size }, () => freePort()))
  const bus = members.adopt(await startClusterBus(ports), (one) => one.close())
  const nodes = await startAll(members, size, (place) =>
    startNode(folder, [
      ...['--cluster-enabled', 'yes', '--cluster-port', String(ports[place])],
      ...['--cluster-announce-bus-port', String(bus.ports[place])],
      // Each node hears from each other one within half of this, and so knows all slots and replicas soon.
      ...['--cluster-node-timeout', '1000', '--cluster-replica-validity-factor', '0'],
      ...['--cluster-require-full-coverage', 'no'],
    ]),
  )
  const [first] = nodes as [Node, ...Node[]]
  const ids = await Promise.all(nodes.map(({ redis }) => redis.cluster('MYID') as Promise<string>))
  bus.name(ids)
  const share = Math.ceil(16_384 / primaries)
  for (let place = 0; place < primaries; place++) {
    const last = Math.min(16_384, (place + 1) * share) - 1
    await nodes[place]?.redis.call('cluster', 'addslotsrange', place * share, last)
    await nodes[place]?.redis.call('cluster', 'set-config-epoch', place + 1)
  }
  // Each of the others by itself: of what they hear of one another by chance they would hear later.
  for (const one of nodes)
    for (const [place, other] of nodes.entries())
      if (other !== one)
        await one.redis.call('cluster', 'meet', '127.0.0.1', other.port, bus.ports[place] ?? 0)
  for (const [place, { redis }] of nodes.entries()) {
    await eventually(
      async () => String(await redis.cluster('NODES')),
      (text) => ids.every((id) => text.includes(id)) && !text.includes('handshake'),
    )
    if (place >= primaries) await redis.call('cluster', 'replicate', ids[place % primaries] ?? '')
  }
  // A node may be ready before it knows who owns each slot; it refuses a slot that moves to it until then.
  for (const { redis } of nodes)
    await eventually(
      async () => `${await redis.cluster('INFO')}${await redis.cluster('NODES')}`,
      (text) =>
        text.includes('cluster_state:ok') &&
        text.includes('cluster_slots_assigned:16384') &&
        text.match(/\bslave\b/g)?.length === size - primaries,
    )
  await untilReplicated(nodes)
  for (const { redis } of nodes) await redis.config('SET', 'cluster-node-timeout', timeoutMs)
  boundCommands(nodes)
  const slot = await first.redis.cluster('KEYSLOT', '{keys}:')
  const owner = async () => {
    const claims = await Promise.all(nodes.filter(isAlive).map((node) => claimOf(node, slot)))
    return claims.toSorted((one, other) => other.epoch - one.epoch)[0]
  }
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
    sentinels: [],
    primary: async () => nodeAt(nodes, (await owner())?.port ?? 0),
    replicas: async () => {
      const port = (await owner())?.port
      const follows = await Promise.all(
        nodes.filter(isAlive).map(async (node) => {
          const text = await node.redis.info('replication').catch(() => '')
          return text.includes(`master_port:${port}`) ? [node] : []
        }),
      )
      return follows.flat()
    },
    takeOver: async ({ redis }) => {
      await redis.call('cluster', 'failover', 'takeover')
    },
    handOver: async ({ redis }) => {
      await redis.call('cluster', 'failover')
    },
    split: (side) => {
      if (side) bus.split(new Set(side.map((node) => ids[nodes.indexOf(node)] ?? '')))
      else bus.mend()
    },
    stop: stopOf(members),
  }
}

/** Who serves a slot, as one node says, and with which configuration epoch. One that hangs says nothing. */
async function claimOf({ redis }: Node, slot: number) {
  const none = { port: 0, epoch: -1 }
  const asked = await Promise.all([redis.cluster('SLOTS'), redis.cluster('NODES')]).catch(() => undefined)
  if (!asked) return none
  const [slots, lines] = asked
  const range = slots.find(([from, to]) => from <= slot && slot <= to)
  const [, , primary] = range ?? []
  if (!primary) return none
  const line = String(lines)
    .split('\n')
    .find((one) => one.startsWith(primary[2]))
  return { port: primary[1], epoch: Number(line?.split(' ')[6]) }
}

/** What a group consists of ends when it has been put together and is stopped, or cannot be put together. */
function stopOf(members: AsyncDisposableStack): () => Promise<void> {
  const kept = members.move()
  return () => kept.disposeAsync()
}

async function makeFolder(members: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-group-'))
  members.defer(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Throws when one of them does not start, once the others have, or have not either. */
async function startAll(
  members: AsyncDisposableStack,
  count: number,
  startOne: (place: number) => Promise<Node>,
): Promise<Node[]> {
  const begun = await Promise.allSettled(Array.from({ length: count }, (_, place) => startOne(place)))
  const nodes = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  members.defer(() => stopAll(nodes))
  const failed = begun.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
  return nodes
}

async function startNode(folder: string, args: string[] = []): Promise<Node> {
  const port = await freePort()
  const dir = await mkdtemp(join(folder, 'node-'))
  return start(port, [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', ''],
    ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'],
    ...['--repl-diskless-sync-delay', '0', '--repl-timeout', '5', ...args],
  ])
}

async function startSentinel(folder: string, lines: string[]): Promise<Node> {
  const port = await freePort()
  const dir = await mkdtemp(join(folder, 'sentinel-'))
  const config = join(dir, 'sentinel.conf')
  await writeFile(config, [`port ${port}`, 'bind 127.0.0.1', `dir ${dir}`, ...lines, ''].join('\n'))
  return start(port, [config, '--sentinel'])
}

async function start(port: number, args: string[]): Promise<Node> {
  const command = await findRedisServer()
  const ready = /Ready to accept connections|monitor master keys/
  const run = () => startServer({ command, args, ready, stopSignal: 'SIGTERM' })
  const redis = new Redis(port, '127.0.0.1', { commandTimeout: 10_000, retryStrategy: () => 100 })
  redis.on('error', () => {})
  const node: Node = {
    ...(await run()),
    port,
    redis,
    restart: async () => {
      Object.assign(node, await run())
    },
  }
  return node
}

/**
 * A server that is stopped for a while answers nothing, and its test goes on. While a group is put together nothing is
 * stopped, and a server that writes its configuration to a busy disk takes longer.
 */
function boundCommands(nodes: Node[]): void {
  for (const { redis } of nodes) redis.options.commandTimeout = 500
}

function isAlive({ pid }: Node): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function nodeAt(nodes: Node[], port: number): Node {
  const node = nodes.find((one) => one.port === port)
  if (!node) throw new Error(`No node of the group is at ${port}`)
  return node
}

/** Every replica has a copy of its primary. */
async function untilReplicated(nodes: Node[]): Promise<void> {
  for (const { redis } of nodes)
    await eventually(
      async () => String(await redis.info('replication')),
      (text) => text.includes('role:master') || text.includes('master_link_status:up'),
    )
}

const fieldsOf = (list: string[]): Record<string, string> =>
  Object.fromEntries(
    list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1] ?? '']] : [])) as [string, string][],
  )

async function stopAll(nodes: Node[]): Promise<void> {
  for (const { redis } of nodes) redis.disconnect()
  await Promise.all(
    nodes.map(async (node) => {
      // One that the test has stopped for a while would not hear it.
      if (isAlive(node)) process.kill(node.pid, 'SIGCONT')
      await node.stop()
    }),
  )
}
