/**
 * For how long verification is refused when the primary of a region dies, with Sentinels and with a Cluster, and
 * whether everything that was acknowledged is counted: see README.md. `--rounds 50`, `--write`.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Group, type Node, startCluster, startSentinelGroup } from '../test/setup/redisGroups.ts'
import { eventually } from '../test/support/eventually.ts'
import { isAdmitted } from './isAdmitted.ts'
import { describeRun, percentile, publish, say, wholeNumber } from './report.ts'
import { startService } from './startService.ts'

/** How often a caller asks, in ms. */
const EVERY_MS = 10
/** After so long without an answer a server counts as down, in ms: a setting of the group. */
const DOWN_MS = 5_000
/** Up to so long passes between two fail-overs, at random, so that they keep no step with leases. */
const PAUSE_MS = 6_000

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '50' }, write: { type: 'boolean', default: false } },
})
const rounds = wholeNumber('rounds', values.rounds)

const kinds: [string, () => Promise<Group>][] = [
  ['Sentinels (a primary, two replicas)', () => startSentinelGroup({ downAfterMs: DOWN_MS })],
  ['a Cluster (three primaries, a replica each)', () => startCluster({ timeoutMs: DOWN_MS })],
]
const lines: string[] = []
for (const [name, startGroup] of kinds) {
  const { refused, electing, acknowledged, counted } = await measure(startGroup)
  const seconds = (list: number[], q: number) => (percentile(list, q) / 1_000).toFixed(1)
  const line = `| ${name} | ${refused.length} | ${seconds(refused, 0.5)} s | ${seconds(refused, 0.99)} s | ${seconds(electing, 0.5)} s | ${acknowledged} | ${counted} |`
  say(line)
  lines.push(line)
}
const how = `SIGKILL of the primary; another is elected after ${DOWN_MS / 1_000} s without an answer; one caller asks every ${EVERY_MS} ms.`
await publish(
  'failover',
  [
    describeRun(how),
    '',
    '| the primary of | fail-overs | refused, p50 | p99 | of which until another was elected, p50 | acknowledged | counted |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...lines,
  ].join('\n'),
  values.write,
)

async function measure(startGroup: () => Promise<Group>) {
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
    const electing: number[] = []
    let acknowledged = 0
    for (let round = 0; round < rounds; round++) {
      const replicas = await untilWhole(group)
      for (const until = performance.now() + Math.random() * PAUSE_MS; performance.now() < until; ) {
        acknowledged += Number(await verify())
        await delay(EVERY_MS)
      }
      const before = await group.primary()
      const killed = performance.now()
      await before.kill()
      const elected = eventually(
        () => group.primary().catch(() => before),
        (now) => now !== before,
      ).then(() => electing.push(performance.now() - killed))
      for (;;) {
        const admitted = await verify()
        acknowledged += Number(admitted)
        if (admitted) break
        await delay(EVERY_MS)
      }
      refused.push(performance.now() - killed)
      await elected
      await before.restart()
      say(
        `round ${round + 1}: refused for ${Math.round(refused.at(-1) ?? 0)} ms, ${replicas} replicas before`,
      )
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
    return { refused, electing, acknowledged, counted: row?.n ?? 0 }
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
