/**
 * For how long verification is refused when the primary of a region dies, with Sentinels and with a Cluster, or another
 * takes over in good order, and whether everything that was acknowledged is counted: see README.md. `--rounds 50`,
 * `--only moves`, `--write`.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Group, type Node, startCluster, startSentinelGroup } from '../test/setup/redisGroups.ts'
import { eventually } from '../test/support/eventually.ts'
import { moveSlot } from '../test/support/moveSlot.ts'
import { isAdmitted } from './isAdmitted.ts'
import { describeRun, percentile, publish, say, wholeNumber } from './report.ts'
import { startService } from './startService.ts'

/** How often a caller asks, in ms. */
const EVERY_MS = 10
/** After so long without an answer a server counts as down, in ms: a setting of the group. */
const DOWN_MS = 5_000
/** A node gives up handing over after 5 s. */
const GIVEN_UP_MS = 6_000
/** Nodes vote for a replica of the same primary again only after twice the time after which one counts as down. */
const VOTE_MS = 2 * DOWN_MS
/** Up to so long passes between two fail-overs, at random, so that they keep no step with leases. */
const PAUSE_MS = 6_000

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})
const rounds = wholeNumber('rounds', values.rounds)

/** What happens to the primary. `replaced`: once another is the primary. `repair` comes after that. */
type Strike = (group: Group) => Promise<{ replaced: Promise<unknown>; repair?: () => Promise<void> }>

const kill: Strike = async (group) => {
  const before = await group.primary()
  await before.kill()
  const now = () => group.primary().catch(() => before)
  return { replaced: eventually(now, (one) => one !== before), repair: () => before.restart() }
}

const handOver: Strike = async (group) => {
  const before = await group.primary()
  const isAnother = () => eventually(group.primary, (one) => one !== before, GIVEN_UP_MS)
  // A busy node gives up after 5 s, and continues.
  const untilReplaced = async (): Promise<unknown> => {
    const [replica] = await group.replicas()
    await (replica && group.handOver?.(replica))
    return isAnother().catch(untilReplaced)
  }
  return { replaced: untilReplaced() }
}

const move: Strike = async (group) => {
  const from = await group.primary()
  const ofReplicas = await Promise.all(
    group.nodes.map(async (node) =>
      (await node.redis.info('replication')).includes('role:slave') ? node : undefined,
    ),
  )
  const to = group.nodes.find((node) => node !== from && !ofReplicas.includes(node))
  if (!to) throw new Error('There is no other primary.')
  return { replaced: moveSlot(group, { from, to }) }
}

const startSentinels = () => startSentinelGroup({ downAfterMs: DOWN_MS })
const startNodes = () => startCluster({ timeoutMs: DOWN_MS })
const kinds: [string, () => Promise<Group>, Strike][] = [
  ['Sentinels: the primary is killed', startSentinels, kill],
  ['a Cluster: the primary is killed', startNodes, kill],
  ['a Cluster: the primary hands over (`CLUSTER FAILOVER`)', startNodes, handOver],
  ['a Cluster: the slot moves to another primary', startNodes, move],
]
const lines: string[] = []
for (const [name, startGroup, strike] of kinds) {
  if (!name.includes(values.only)) continue
  const { refused, replacing, acknowledged, counted } = await measure(startGroup, strike)
  const seconds = (list: number[], q: number) => (percentile(list, q) / 1_000).toFixed(1)
  const line = `| ${name} | ${refused.length} | ${seconds(refused, 0.5)} s | ${seconds(refused, 0.99)} s | ${seconds(replacing, 0.5)} s | ${acknowledged} | ${counted} |`
  say(line)
  lines.push(line)
}
const how = `A server counts as down after ${DOWN_MS / 1_000} s; one caller asks every ${EVERY_MS} ms.`
await publish(
  'failover',
  [
    describeRun(how),
    '',
    '| what happens | times | refused, p50 | p99 | of which until another was the primary, p50 | acknowledged | counted |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...lines,
  ].join('\n'),
  values.write,
)

async function measure(startGroup: () => Promise<Group>, strike: Strike) {
  const group = await startGroup()
  const service = await startService({ redis: group, env: { LOG_LEVEL: 'silent' } })
  const worker = await service.startWorker()
  try {
    const { accountId, adminKey = '' } = await service.cli(
      ...['account', 'create', '--name', 'Bench', '--plan', 'enterprise'],
    )
    const { serviceToken: token = '' } = await service.cli('service-token', 'create', '--name', 'bench')
    const verify = () => isAdmitted(service.api, token, adminKey)
    const refused: number[] = []
    const replacing: number[] = []
    let acknowledged = 0
    for (let round = 0; round < rounds; round++) {
      const replicas = await untilWhole(group)
      const restMs = strike === handOver ? VOTE_MS : 0
      for (const until = performance.now() + restMs + Math.random() * PAUSE_MS; performance.now() < until; ) {
        acknowledged += Number(await verify())
        await delay(EVERY_MS)
      }
      const began = performance.now()
      const { replaced, repair } = await strike(group)
      let isReplaced = false
      const whenReplaced = replaced.then(() => {
        replacing.push(performance.now() - began)
        isReplaced = true
      })
      let longest = 0
      for (let last = began, isOver = false; !isOver; await delay(EVERY_MS)) {
        // What was asked before it was replaced may be answered by the one before.
        const isAfter = isReplaced
        if (!(await verify())) continue
        acknowledged++
        longest = Math.max(longest, performance.now() - last)
        last = performance.now()
        isOver = isAfter
      }
      refused.push(longest)
      await whenReplaced
      await repair?.()
      say(`round ${round + 1}: refused for ${Math.round(longest)} ms, ${replicas} replicas before`)
    }
    // The queues' own connection may just be looking for the server.
    await eventually(
      () =>
        service.drained().then(
          () => true,
          () => false,
        ),
      Boolean,
    )
    const [row] = await service.query<{ n: number }>(
      'select coalesce(sum(requests), 0)::int as n from usage_minute where account_id = ?',
      [accountId],
    )
    return { refused, replacing, acknowledged, counted: row?.n ?? 0 }
  } finally {
    await worker.stop()
    await service.stop()
  }
}

/** Every server follows its primary again. Returns how many replicas there are. */
async function untilWhole(group: Group): Promise<number> {
  const isUp = async ({ redis }: Node) => {
    const text = await redis.info('replication').catch(() => '')
    return text.includes('role:master') || text.includes('master_link_status:up')
  }
  const all = async () => {
    const up = await Promise.all(group.nodes.map(isUp))
    return up.every(Boolean) ? (await group.replicas()).length : 0
  }
  return eventually(all, (replicas) => replicas > 0)
}
