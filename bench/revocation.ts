/** How long a revoke takes over three regions, at rest and beside busy verifiers: see README.md. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Options, type Row, sizesOf } from './all/Part.ts'
import { createKeys, MANY_CALLS } from './createKeys.ts'
import { percentile, say, whole } from './report.ts'
import { type Cluster, startCluster } from './revocation/cluster.ts'
import { machineNow } from './revocation/machineNow.ts'
import { startLoad } from './revocation/startLoad.ts'
import { waitForQuiet } from './waitForQuiet.ts'

const WARM_UP = 50
/** Up to so long passes between two revocations, at random, so that they keep no step with anything. */
const PAUSE_MS = 50

/** Milliseconds: until the 200, and from the commit until the last region has it. */
type Revoked = { ms: number; fanOut: number }

export async function run(options: Options): Promise<Row[]> {
  const { samples, perSecond } = sizesOf(options, { samples: [300, 40], perSecond: [200, 200] })
  const cluster = await startCluster({ leaseMs: 10_000, appendfsync: 'always', env: MANY_CALLS })
  try {
    return await measure(cluster, { samples, perSecond, quiet: options.quiet })
  } finally {
    await cluster.stop()
  }
}

type Sizes = { samples: number; perSecond: number; quiet: number }

async function measure(cluster: Cluster, { samples, perSecond, quiet }: Sizes): Promise<Row[]> {
  const { verifiers } = cluster
  // As many again stay valid, so that the load is not of revoked keys alone.
  const keys = await createKeys(cluster, WARM_UP + 3 * samples)
  /** When the 200 that says so was here, per key in their order. */
  const revokedAt: number[] = []
  let acceptedAfter = 0

  const verify = async (url: string, key: string | undefined) => {
    const response = await fetch(`${url}/verify`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${keys.serviceToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ key }),
    })
    return (await response.json()) as { valid?: boolean }
  }

  /** Revokes the next key, asking one verifier after the other to do it, then asks every one about that key. */
  const revokeNext = async (): Promise<Revoked> => {
    const place = revokedAt.length
    // Each of them has the key in its memory.
    await Promise.all(verifiers.map(({ url }) => verify(url, keys.values[place])))
    const api = verifiers[place % verifiers.length]
    const start = machineNow()
    const response = await fetch(`${api?.url}/api-keys/${keys.ids[place]}/revoke`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${keys.adminKey}`, 'Content-Type': 'application/json' },
      body: '{}',
    })
    const answer = (await response.json()) as { fanOut: { tookMs: number } }
    const end = machineNow()
    if (response.status !== 200)
      throw new Error(`A revoke answered ${response.status} ${JSON.stringify(answer)}`)
    revokedAt.push(end)
    const after = await Promise.all(verifiers.map(({ url }) => verify(url, keys.values[place])))
    acceptedAfter += after.filter(({ valid }) => valid).length
    return { ms: end - start, fanOut: answer.fanOut.tookMs }
  }

  const revokeMany = async (count: number): Promise<Revoked[]> => {
    const revoked: Revoked[] = []
    while (revoked.length < count) {
      revoked.push(await revokeNext())
      await delay(Math.random() * PAUSE_MS)
    }
    return revoked
  }

  await revokeMany(WARM_UP)
  await waitForQuiet(quiet)
  say('at rest')
  const atRest = await revokeMany(samples)
  say(`beside ${whole(perSecond)} verifications a second`)
  const { serviceToken: token, values } = keys
  const stopLoad = await startLoad({ urls: verifiers.map(({ url }) => url), token, values, perSecond })
  const busy = await revokeMany(samples)
  const load = await stopLoad()
  for (const [place, end] of revokedAt.entries())
    if ((load.lastAccepted[place] ?? 0) >= end) acceptedAfter += 1
  if (acceptedAfter > 0) throw new Error(`${acceptedAfter} verifications were accepted after the 200`)

  const row = (id: string, revoked: Revoked[], beside = ''): Row => {
    const of = (name: keyof Revoked, q: number) =>
      percentile(
        revoked.map((one) => one[name]),
        q,
      )
    const fanOut = `fan-out ${of('fanOut', 0.5).toFixed(0)} and ${of('fanOut', 0.99).toFixed(0)} ms`
    const words = `p50 ${of('ms', 0.5).toFixed(1)} ms; ${fanOut}; ${revoked.length} revoked`
    return { id, values: [of('ms', 0.99)], beside: `${words}${beside}` }
  }
  const rate = `${whole(load.sent / load.seconds)} verifications/s, p99 ${load.p99.toFixed(1)} ms`
  return [row('revoke', atRest), row('revoke-busy', busy, `; ${rate}`)]
}
