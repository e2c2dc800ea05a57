import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shardOf } from '../../src/domain/shards.ts'
import { RedisNames } from '../../src/platform/redisNames.ts'
import { type Group, type Node, startCluster } from '../setup/redisGroups.ts'
import { eventually } from '../support/eventually.ts'
import { openLibrary } from '../support/libraries.ts'
import { type Service, startService } from '../support/startService.ts'

const SHARDS = 4

let cluster: Group
let service: Service

/** Which primary serves each shard. */
async function owners(): Promise<number[]> {
  const [{ redis }] = cluster.nodes as [Node]
  const ranges = await redis.cluster('SLOTS')
  return Promise.all(
    Array.from({ length: SHARDS }, async (_, place) => {
      const slot = await redis.cluster('KEYSLOT', new RedisNames(true, place).marker)
      const [, , primary] = ranges.find(([from, to]) => from <= slot && slot <= to) ?? []
      return primary?.[1] ?? 0
    }),
  )
}

beforeAll(async () => {
  cluster = await startCluster({ timeoutMs: 2_000 })
  const redis = { url: cluster.url, stop: cluster.stop } as Service['redis']
  service = await startService({ redis, env: { SHARDS: String(SHARDS), COMMAND_WAIT_MS: '60000' } })
})
afterAll(() => service.stop())

describe('a Cluster whose nodes share the shards of a region', () => {
  it('has as many of 16 shards on each of its three nodes as it can', async () => {
    const [{ redis }] = cluster.nodes as [Node]
    const slots = await Promise.all(
      Array.from({ length: 16 }, (_, place) => redis.cluster('KEYSLOT', new RedisNames(true, place).marker)),
    )
    const perNode = [0, 1, 2].map((node) => slots.filter((slot) => Math.floor(slot / 5_462) === node).length)
    expect(perNode).toEqual([5, 5, 6])
    expect(new Set(await owners()).size).toBe(3)
  })

  it('promises 3 and 12: one node that dies refuses the keys of its shards alone, and they come back', async () => {
    const library = await openLibrary({
      redisUrl: cluster.url,
      serviceToken: service.serviceToken,
    })
    const served = await owners()
    // Not the one with what a region has once.
    const struck = served.findLast((port) => port !== served[0]) ?? 0
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
    const verify = async (key: string) => (await service.server.post('/verify', { key })).status
    for (const { key } of keys) {
      expect(await verify(key)).toBe(200)
      expect((await library.verify({ value: key })).code).toBe('VALID')
    }

    const node = cluster.nodes.find(({ port }) => port === struck) as Node
    process.kill(node.pid, 'SIGSTOP')
    try {
      for (let round = 0; round < 3; round++)
        for (const { key } of kept) {
          expect(await verify(key)).toBe(200)
          expect((await library.verify({ value: key })).code).toBe('VALID')
        }
      // Nobody remembers these: each shard is asked.
      for (const { fresh } of kept) expect(await verify(fresh.key)).toBe(200)
      expect(await verify(lost[0]?.key ?? '')).toBe(503)
      await eventually(
        () => verify(lost[0]?.key ?? ''),
        (status) => status === 200,
      )
    } finally {
      process.kill(node.pid, 'SIGCONT')
    }
    for (const { account, id, key } of [...lost.slice(0, 2), ...kept.slice(0, 2)]) {
      expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(200)
      expect((await service.server.post('/verify', { key })).body.code).toBe('REVOKED')
      expect((await library.verify({ value: key })).code).toBe('REVOKED')
    }
    await library.close()
  }, 240_000)
})
