import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shardOf } from '../../src/domain/shards.ts'
import { RedisNames } from '../../src/platform/redisNames.ts'
import { type Node, startCluster } from '../setup/redisGroups.ts'
import { freshRedis } from '../setup/services.ts'
import { eventually } from '../support/eventually.ts'
import { openLibrary } from '../support/libraries.ts'
import { type Service, startService } from '../support/startService.ts'

const SHARDS = 4

const PLACES = Array.from({ length: SHARDS }, (_, place) => place)

/** Several servers that share the shards of a region. */
type Servers = {
  url: string
  /** Which process serves each shard. */
  owners: () => Promise<number[]>
  /** Of a Cluster, in which another takes the place of a node that hangs: the slot of a shard. */
  slotOf?: (place: number) => Promise<number>
  stop: () => Promise<void>
}

async function inCluster(): Promise<Servers> {
  const cluster = await startCluster({ timeoutMs: 2_000 })
  const [{ redis }] = cluster.nodes as [Node]
  const slotOf = (place: number) => redis.cluster('KEYSLOT', new RedisNames(true, place).marker)
  const owners = async () => {
    const ranges = await redis.cluster('SLOTS')
    return Promise.all(
      PLACES.map(async (place) => {
        const slot = await slotOf(place)
        const [, , primary] = ranges.find(([from, to]) => from <= slot && slot <= to) ?? []
        return cluster.nodes.find(({ port }) => port === primary?.[1])?.pid ?? 0
      }),
    )
  }
  return { url: cluster.url, owners, slotOf, stop: cluster.stop }
}

async function separate(): Promise<Servers> {
  const servers = await Promise.all([freshRedis(), freshRedis(), freshRedis()])
  return {
    url: `redis+servers://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    owners: async () => PLACES.map((place) => servers[place % servers.length]?.pid ?? 0),
    stop: async () => {
      for (const { stop } of servers) await stop()
    },
  }
}

describe.each([
  ['the nodes of a Cluster', inCluster],
  ['separate servers', separate],
])('%s share the shards of a region', (_kind, start) => {
  let servers: Servers
  let service: Service
  beforeAll(async () => {
    servers = await start()
    const { url, stop } = servers
    const redis = { url, stop } as Service['redis']
    service = await startService({ redis, env: { SHARDS: String(SHARDS), COMMAND_WAIT_MS: '60000' } })
  })
  afterAll(() => service.stop())

  it('has as many of 16 shards on each of three nodes as it can', async ({ skip }) => {
    const { slotOf } = servers
    if (!slotOf) return skip('There are no slots.')
    const slots = await Promise.all(Array.from({ length: 16 }, (_, place) => slotOf(place)))
    const perNode = [0, 1, 2].map((node) => slots.filter((slot) => Math.floor(slot / 5_462) === node).length)
    expect(perNode).toEqual([5, 5, 6])
  })

  it('promises 3 and 12: one node that dies refuses the keys of its shards alone, and they come back', async () => {
    const library = await openLibrary({
      redisUrl: servers.url,
      serviceToken: service.serviceToken,
    })
    const served = await servers.owners()
    expect(new Set(served).size).toBe(3)
    // Not the one with what a region has once.
    const struck = served.findLast((pid) => pid !== served[0]) ?? 0
    const accounts = await Promise.all(Array.from({ length: 24 }, () => service.account('enterprise')))
    const keys = await Promise.all(
      accounts.map(async (account) => ({
        isStruck: served[shardOf(account.accountId, SHARDS)] === struck,
        account,
        ...(await account.createKey()),
        fresh: await account.createKey(),
      })),
    )
    const [lost, kept] = [keys.filter(({ isStruck }) => isStruck), keys.filter(({ isStruck }) => !isStruck)]
    expect(lost.length * kept.length).toBeGreaterThan(0)
    const verify = async (key: string, headers = {}) =>
      (await service.server.post('/verify', { key }, { headers })).status
    const untilVerified = (key: string) =>
      eventually(
        () => verify(key),
        (status) => status === 200,
      )
    for (const { key } of keys) {
      expect(await verify(key)).toBe(200)
      expect((await library.verify({ value: key })).code).toBe('VALID')
    }

    process.kill(struck, 'SIGSTOP')
    try {
      for (let round = 0; round < 3; round++)
        for (const { key } of kept) {
          expect(await verify(key)).toBe(200)
          expect((await library.verify({ value: key })).code).toBe('VALID')
        }
      // Nobody remembers these: each shard is asked.
      for (const { fresh } of kept) expect(await verify(fresh.key)).toBe(200)
      // For some of these headers the shard that keeps what they stand for is away.
      for (const [index, { key }] of kept.entries())
        expect(await verify(key, { 'Idempotency-Key': `${struck}-${index}` })).toBe(200)
      expect(await verify(lost[0]?.key ?? '')).toBe(503)
      if (servers.slotOf) await untilVerified(lost[0]?.key ?? '')
    } finally {
      process.kill(struck, 'SIGCONT')
    }
    await untilVerified(lost[0]?.key ?? '')
    for (const { account, id, key } of [...lost.slice(0, 2), ...kept.slice(0, 2)]) {
      expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(200)
      expect((await service.server.post('/verify', { key })).body.code).toBe('REVOKED')
      expect((await library.verify({ value: key })).code).toBe('REVOKED')
    }
    await library.close()
  }, 240_000)
})
