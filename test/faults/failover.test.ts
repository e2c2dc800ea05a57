import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Group, type Node, startCluster, startSentinelGroup } from '../setup/redisGroups.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { revokeUnder } from '../support/revokeUnder.ts'
import { startLoad } from '../support/startLoad.ts'
import { type Service, startService } from '../support/startService.ts'

describe.each([
  ['Sentinels', startSentinelGroup],
  ['a Cluster', startCluster],
])('a primary of %s', (_kind, startGroup) => {
  let group: Group
  let service: Service
  beforeAll(async () => {
    await awayFromMidnight()
    group = await startGroup()
    const redis = { url: group.url, stop: group.stop } as Service['redis']
    service = await startService({ redis, env: { COMMAND_WAIT_MS: '10000' } })
  })
  afterAll(() => service.stop())

  const untilAnother = (before: Node) =>
    eventually(
      () => group.primary().catch(() => before),
      (now) => now !== before,
    )

  it('promise 3: is stopped for a while, and accepts nothing afterwards that was revoked meanwhile', async () => {
    const apis = [{ pid: 0, url: service.url }]
    const { round, seen } = await revokeUnder(service, apis, createRandom(anySeed()), { repeats: true })
    const before = await group.primary()
    await round({
      begin: () => void process.kill(before.pid, 'SIGSTOP'),
      meanwhile: () => untilAnother(before),
      end: () => void process.kill(before.pid, 'SIGCONT'),
    })
    expect(seen.refusedAfter).toBeGreaterThan(0)
    // It follows the one that took its place.
    await eventually(group.replicas, (replicas) => replicas.includes(before))
  }, 240_000)

  it('promise 3: is cut off from the others, and accepts nothing from then on that is revoked elsewhere', async ({
    skip,
  }) => {
    const { split } = group
    if (!split) return skip('Sentinels have no bus.')
    const apis = [{ pid: 0, url: service.url }]
    const { round, seen } = await revokeUnder(service, apis, createRandom(anySeed()), { repeats: true })
    const before = await group.primary()
    await round({
      begin: () => split([before]),
      meanwhile: () => untilAnother(before),
      end: () => split(undefined),
    })
    expect(seen.refusedAfter).toBeGreaterThan(0)
    await eventually(group.replicas, (replicas) => replicas.includes(before))
    // The queues' connections find the new one, too.
    const account = await service.account('pro')
    await eventually(
      () => account.post('/api-keys', { name: 'Now', type: 'live' }),
      ({ status }) => status === 201,
    )
  }, 240_000)

  it('promises 1 and 2: is killed under load, and nothing that was acknowledged is lost', async () => {
    const load = await startLoad(service)
    await delay(1_000)
    const before = await group.primary()
    await before.kill()
    await untilAnother(before)
    await delay(1_000)
    await load.end()
  }, 240_000)
})
