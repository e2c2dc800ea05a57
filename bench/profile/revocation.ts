import { setTimeout as delay } from 'node:timers/promises'
import { type Span, startCollector } from '../../test/support/startCollector.ts'
import { createKeys, MANY_CALLS } from '../createKeys.ts'
import { startCluster } from '../revocation/cluster.ts'
import { startLoad } from '../revocation/startLoad.ts'
import { allSpans, began, beginTrace, ended, renderSteps, type Steps, stepsOf } from './steps.ts'

const WARM_UP = 20
const PER_SECOND = 200
const PAUSE_MS = 50

/** What a caller who revokes a key waits for until the answer, in three regions. */
export async function profileRevocation({ seconds }: { seconds: number }): Promise<string> {
  const collector = await startCollector()
  const cluster = await startCluster({
    leaseMs: 10_000,
    appendfsync: 'always',
    env: { ...MANY_CALLS, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  })
  try {
    const { verifiers } = cluster
    const samples = seconds * 10
    const keys = await createKeys(cluster, WARM_UP + 3 * samples)
    let revoked = 0
    const revokeMany = async (count: number) => {
      const asked: { traceId: string; ms: number }[] = []
      while (asked.length < count) {
        const { traceId, headers } = beginTrace()
        const place = revoked++
        const start = performance.now()
        const url = `${verifiers[place % verifiers.length]?.url}/api-keys/${keys.ids[place]}/revoke`
        const authorization = { Authorization: `Bearer ${keys.adminKey}`, 'Content-Type': 'application/json' }
        const response = await fetch(url, {
          method: 'POST',
          headers: { ...authorization, ...headers },
          body: '{}',
        })
        await response.arrayBuffer()
        if (response.status !== 200) throw new Error(`A revoke answered ${response.status}`)
        asked.push({ traceId, ms: performance.now() - start })
        await delay(Math.random() * PAUSE_MS)
      }
      return asked
    }
    await revokeMany(WARM_UP)
    const atRest = await revokeMany(samples)
    const { serviceToken: token, values } = keys
    const stopLoad = await startLoad({
      urls: verifiers.map(({ url }) => url),
      token,
      values,
      perSecond: PER_SECOND,
    })
    const busy = await revokeMany(samples)
    await stopLoad()
    const traces = Map.groupBy(await allSpans(collector), ({ traceId }) => traceId)
    const units = (asked: typeof atRest) =>
      asked.flatMap(({ traceId, ms }) => revokeSteps(traces.get(traceId) ?? [], ms))
    return renderSteps('a revoke', [
      { head: `at rest (${units(atRest).length} of ${samples})`, units: units(atRest) },
      { head: `beside ${PER_SECOND} verifications a second (${units(busy).length})`, units: units(busy) },
    ])
  } finally {
    await cluster.stop()
    await collector.stop()
  }
}

/** None of a revoke whose spans are not all there, or which the fan-out's queue has finished. */
function revokeSteps(spans: Span[], ms: number): Steps[] {
  const named = (name: string) => spans.find((span) => span.name === name)
  const request = named('POST /api-keys/:id/revoke')
  const command = named('command revoke-api-key')
  const adding = named('add revocations.revoke-api-key')
  const job = named('process revocations')
  const writes = spans.filter(({ name }) => name === 'write region')
  if (!request || !command || !adding || !job || writes.length !== 3 || named('process fan-out')) return []
  const steps = stepsOf(began(request), [
    ['api: who asks, and may they', began(command)],
    ['api: the row of the command', began(adding)],
    ['its job is stored, and picked up', began(job)],
    ['worker: decides, and commits', Math.min(...writes.map(began))],
    ['three regions store it', Math.max(...writes.map(ended))],
    ['worker: marks it as done; api: reads that', ended(command)],
    ['api: answers', ended(request)],
  ])
  return [steps.set('HTTP, and the caller', ms - (ended(request) - began(request)))]
}
