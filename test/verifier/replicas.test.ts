import { afterAll, beforeAll, expect, it } from 'vitest'
import { ADMIT } from '../../src/domain/metering/decisionCodes.ts'
import type { Region } from '../../src/region/Region.ts'
import { GroupCommit } from '../../src/verifier/GroupCommit.ts'
import { type Group, type Node, startSentinelGroup } from '../setup/redisGroups.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { cached, openRegion } from '../support/regionFixtures.ts'

let group: Group
let region: Region
let commit: GroupCommit
let replica: Node
beforeAll(async () => {
  await awayFromMidnight(60_000)
  group = await startSentinelGroup({ replicas: 1, sentinels: 1, downAfterMs: 60_000 })
  region = await openRegion(group.url)
  commit = new GroupCommit(region, () => {})
  ;[replica] = (await group.replicas()) as [Node]
})
afterAll(async () => {
  await region.close()
  await group.stop()
})

const outcome = () =>
  commit.decide({ key: cached(), verdict: ADMIT, units: 0, context: '[null,null,null]' }).then(
    ({ code }) => code,
    ({ name }) => name,
  )
const until = (expected: unknown) => eventually(outcome, (seen) => seen === expected)

it('promise 2: a verification is acknowledged only when a replica has it', async () => {
  await until(ADMIT)
  process.kill(replica.pid, 'SIGSTOP')
  expect(await outcome()).toBe('RegionUnavailable')
  process.kill(replica.pid, 'SIGCONT')
  await until(ADMIT)
})

it('promise 2: a primary that has lost its replica acknowledges alone only when its lease would be over', async () => {
  await replica.kill()
  const since = performance.now()
  expect(await outcome()).toBe('RegionUnavailable')
  await until(ADMIT)
  expect(performance.now() - since).toBeGreaterThan(8_000)
})
