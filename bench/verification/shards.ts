/**
 * What a verification costs the nodes of a Cluster where a region has 1, 4 or 16 shards, without HTTP, Postgres or a
 * worker. Four nodes without replicas, an append-only file each (`everysec`). Callers ask in a closed loop, first 16 of
 * each shard, so that batches are equal, then 64 of all. CPU time is what the kernel says of each node's main thread.
 * With `--replicas 1` each node has one, which must have what was counted before it is believed.
 *
 *     node_modules/.bin/node bench/verification/shards.ts        # about 60 s; --seconds 2 --rounds 3 --write
 */
import { parseArgs } from 'node:util'
import type { Redis } from 'ioredis'
import { ADMIT } from '../../src/domain/metering/decisionCodes.ts'
import type { KnownKey } from '../../src/domain/metering/Ticket.ts'
import { contextOf } from '../../src/domain/metering/verificationBatch.ts'
import { shardNames, shardOf } from '../../src/domain/shards.ts'
import { Region } from '../../src/region/Region.ts'
import type { Shards } from '../../src/region/shards.ts'
import { Commits } from '../../src/verifier/Commits.ts'
import { startCluster } from '../../test/setup/redisGroups.ts'
import { epochsInMemory } from '../../test/support/epochsInMemory.ts'
import { describeRun, publish, table, wholeNumber } from '../report.ts'
import { knownKeys, median, redisTime, storeKeys } from './knownKeys.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    replicas: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const replicas = values.replicas === undefined ? 0 : wholeNumber('replicas', values.replicas)
const NUMBERS = [1, 4, 16]
const OF_EACH = 16
const OF_ALL = 64

const known = knownKeys(3_200)
const context = contextOf('203.0.113.7', '/v1/renders', 'POST')

type Opened = {
  number: number
  shards: Shards
  keys: KnownKey[][]
  nodes: Redis[]
  stop: () => Promise<void>
}

async function open(number: number): Promise<Opened> {
  const cluster = await startCluster({ primaries: 4, replicas, timeoutMs: 60_000 })
  const register = epochsInMemory(number)
  const [first, ...others] = shardNames('primary', number).map(
    (name) =>
      new Region(
        {
          name,
          shards: number,
          url: replicas > 0 ? cluster.url : `${cluster.url}?confirm=0`,
          kind: 'primary',
          register,
        },
        { warn: () => {} },
      ),
  ) as [Region, ...Region[]]
  const shards: Shards = [first, ...others]
  for (const shard of shards) {
    await shard.ready(20_000)
    await storeKeys(shard, known)
  }
  const stop = async () => {
    await Promise.all(shards.map((shard) => shard.close()))
    await cluster.stop()
  }
  const keys = shards.map((_, place) =>
    known.filter(({ state }) => shardOf(state.accountId, number) === place),
  )
  return { number, shards, keys, nodes: cluster.nodes.map(({ redis }) => redis), stop }
}

async function measure({ shards, keys, nodes }: Opened, callers: number) {
  const sizes = { batches: 0, requests: 0 }
  const commits = new Commits(
    shards,
    (size) => {
      sizes.batches += 1
      sizes.requests += size
    },
    undefined,
  )
  const until = performance.now() + Number(values.seconds) * 1000
  const before = await Promise.all(nodes.map(redisTime))
  const own = process.cpuUsage()
  const call = async (caller: number) => {
    const mine = keys[caller % shards.length] ?? []
    for (let turn = caller; performance.now() < until; turn++) {
      const one = mine[turn % mine.length] as KnownKey
      const { code } = await commits.decide({ key: one, verdict: ADMIT, units: 1, context })
      if (code !== ADMIT) throw new Error(`A request was refused: ${code}`)
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
  const used = process.cpuUsage(own)
  const after = await Promise.all(nodes.map(redisTime))
  const each = after.map((one, place) => (one - (before[place] ?? 0)) / sizes.requests)
  return {
    size: sizes.requests / sizes.batches,
    redis: each.reduce((sum, one) => sum + one, 0),
    busiest: Math.max(...each),
    own: (used.user + used.system) / sizes.requests,
  }
}

const all: Opened[] = []
for (const number of NUMBERS) all.push(await open(number))
const loads = all.flatMap((opened) => [
  { opened, title: `${opened.number} shards, ${OF_EACH} callers of each`, callers: OF_EACH * opened.number },
  { opened, title: `${opened.number} shards, ${OF_ALL} callers of all`, callers: OF_ALL },
])
const results = new Map(loads.map(({ title }) => [title, [] as Awaited<ReturnType<typeof measure>>[]]))
// Its first moments are the compiler's.
for (const opened of all) await measure(opened, OF_ALL)
for (let round = 0; round < Number(values.rounds); round++)
  for (const { opened, title, callers } of loads) results.get(title)?.push(await measure(opened, callers))
const rows = loads.map(({ opened, title, callers }) => {
  const of = (what: 'size' | 'redis' | 'busiest' | 'own') =>
    median((results.get(title) ?? []).map((one) => one[what]))
  const times = (['redis', 'busiest', 'own'] as const).map((what) => `${of(what).toFixed(1)} µs`)
  return [String(opened.number), String(callers), of('size').toFixed(1), ...times]
})
const head = ['shards', 'callers', 'in a batch', 'all nodes', 'the busiest node', 'the process that asks']
const how = `Four nodes, ${replicas > 0 ? `${replicas} replica of each, ` : ''}an append-only file each. CPU a verification.`
await publish(
  replicas > 0 ? 'shardReplicas' : 'shards',
  [describeRun(how), '', table(head, rows)].join('\n'),
  values.write,
)
for (const opened of all) await opened.stop()
