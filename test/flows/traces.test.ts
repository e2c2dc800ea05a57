import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { SpanKind } from '@opentelemetry/api'
import { SamplingDecision } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SPAN_FACTS } from '../../src/platform/spanFacts.ts'
import { createSampler } from '../../src/platform/spanSampler.ts'
import { schedules } from '../../src/workers/schedules/schedules.ts'
import { runSql } from '../setup/runSql.ts'
import type { Client } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type Span, startCollector } from '../support/startCollector.ts'
import { type Service, startService } from '../support/startService.ts'

let collector: Awaited<ReturnType<typeof startCollector>>
let service: Service
let account: Client & { accountId: string; adminKey: string }
const secrets: string[] = []

beforeAll(async () => {
  collector = await startCollector()
  service = await startService({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      WEBHOOK_ALLOW_PRIVATE: 'true',
    },
  })
  account = await service.account()
  secrets.push(account.adminKey, service.serviceToken)
})
afterAll(async () => {
  await service.stop()
  await collector.stop()
})

/** A trace that the caller has begun. */
function newTrace() {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')]
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01` } }
}
/** The names of a span and of those that it is part of, the first one last. */
function lineOf(traceId: string, name: string): string[] {
  const spans = Object.values(collector.trace(traceId))
  const line: string[] = []
  for (let span = collector.trace(traceId)[name]; span; ) {
    line.push(`${span.service.replace('pictify-keys-', '')}: ${span.name}`)
    const { parentSpanId } = span
    span = spans.find(({ spanId }) => spanId === parentSpanId)
  }
  return line
}
/** The same, once the span is there that all of it is part of: each process sends its spans when it likes. */
const lineUpTo = (traceId: string, name: string, first: string) =>
  eventually(
    async () => lineOf(traceId, name),
    (line) => line.at(-1) === first,
  )
/** The span of that name. Where it does not come, the error has the names of those that came. */
async function arrival(traceId: string, name: string): Promise<Span | undefined> {
  const names = async () => Object.keys(collector.trace(traceId))
  await eventually(names, (found) => found.includes(name))
  return collector.trace(traceId)[name]
}

/** Part of the line where the region has not confirmed within 250 ms (`finishDirectly`). */
const FAN_OUT = ['process fan-out', 'addNode fan-out', 'addNode commands', 'addFlow commands'].map(
  (span) => `worker: ${span}`,
)

describe('a trace', () => {
  it('leads from a request over its command and its job to the region', async () => {
    const { traceId, spanId, headers } = newTrace()
    const created = await account.post('/api-keys', { name: 'Traced', type: 'live' }, { headers })
    expect(created.status).toBe(201)
    secrets.push(created.body.key)
    const line = await lineUpTo(traceId, 'write region', 'api: POST /api-keys')
    expect(line.filter((span) => !FAN_OUT.includes(span))).toEqual([
      'worker: write region',
      'worker: process commands',
      'api: add commands.create-api-key',
      'api: command create-api-key',
      'api: POST /api-keys',
    ])
    expect(collector.trace(traceId)['POST /api-keys']).toMatchObject({
      parentSpanId: spanId,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/api-keys',
        'http.response.status_code': 201,
        'pictify.request.id': created.headers.get('x-request-id'),
      },
    })
    expect(collector.trace(traceId)['command create-api-key']?.attributes['pictify.outcome']).toBe(
      'succeeded',
    )
  })

  it('goes on up to the delivery of a message', async () => {
    const url = `${collector.url}/hook-of-${randomBytes(8).toString('hex')}`
    const channel = await account.post('/channels', { type: 'webhook', name: 'Hook', url })
    secrets.push(url, channel.body.secret)
    const { traceId, headers } = newTrace()
    const sent = await account.post(`/channels/${channel.body.id}/test`, undefined, { headers })
    expect([channel.status, sent.status]).toEqual([201, 201])
    await eventually(
      async () => (await account.get(`/notifications/${sent.body.notificationId}`)).body,
      ({ status }) => status === 'delivered',
    )
    const { attributes } = (await arrival(traceId, 'deliver webhook')) ?? {}
    expect(attributes).toMatchObject({ 'pictify.channel.type': 'webhook', 'pictify.outcome': 'delivered' })
    await lineUpTo(traceId, 'deliver webhook', 'api: POST /channels/:id/test')
  })

  it('is a new one when its caller is no trusted proxy', async () => {
    const { traceId, headers } = newTrace()
    const api = await service.startApi({ TRUSTED_PROXIES: '192.0.2.1' })
    const { key } = await account.createKey()
    secrets.push(key)
    const before = collector.spans().length
    await fetch(`${api.url}/verify`, {
      method: 'POST',
      headers: {
        ...headers,
        Authorization: `Bearer ${service.serviceToken}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ key }),
    })
    const span = await eventually(
      async () =>
        collector
          .spans()
          .slice(before)
          .find(({ name }) => name === 'POST /verify'),
      (found) => found !== undefined,
    )
    expect(span?.parentSpanId).toBeFalsy()
    expect(collector.trace(traceId)).toEqual({})
    // A collector that answers nothing holds up no process.
    collector.answers['/v1/traces'] = () => {}
    expect(await api.end()).toBe(0)
    delete collector.answers['/v1/traces']
  })

  it('is one of its own for each run of a schedule', async () => {
    const runs = await eventually(
      async () => collector.spans().filter(({ name }) => name === 'process maintenance'),
      (found) => found.length > 20,
    )
    const added = new Set(
      collector
        .spans()
        .filter(({ name }) => schedules.some(({ job }) => name === `add maintenance.${job}`))
        .map(({ spanId }) => spanId),
    )
    expect(runs.filter(({ parentSpanId = '' }) => added.has(parentSpanId))).toEqual([])
  })

  it('waits in the outbox with what continues it, whichever process sends that', async () => {
    await runSql(
      service.databaseUrl,
      `create table sent (message jsonb);
       create function note_sent() returns trigger language plpgsql as
         $$ begin insert into sent values (new.message); return new; end $$;
       create trigger note_sent after insert on outbox for each row execute function note_sent()`,
    )
    const written = newTrace()
    await account.post('/api-keys', { name: 'Written', type: 'live' }, { headers: written.headers })
    const [[row] = []] = await runSql(service.databaseUrl, 'select message from sent')
    expect(row?.message).toMatchObject({
      kind: 'flow',
      trace: { traceparent: expect.stringContaining(written.traceId) },
    })
    const left = newTrace()
    const message = { kind: 'job', name: 'relay-events', data: {}, trace: left.headers }
    await runSql(service.databaseUrl, `insert into outbox (message) values ('${JSON.stringify(message)}')`)
    expect((await arrival(left.traceId, 'process maintenance'))?.parentSpanId).toBeTruthy()
  })

  it('is the exemplar of what was measured in it', async () => {
    const metrics = await fetch(`${service.url}/metrics`, {
      headers: { Authorization: `Basic ${btoa('operator:operator-password')}` },
    })
    expect(metrics.headers.get('content-type')).toContain('application/openmetrics-text')
    const text = await metrics.text()
    for (const name of ['keys_http_request_seconds', 'keys_command_seconds'])
      expect(text).toMatch(new RegExp(`^${name}_bucket.* # \\{trace_id="[0-9a-f]{32}",span_id="`, 'm'))
    expect(text.trimEnd().endsWith('# EOF')).toBe(true)
  })

  it('is named in the log lines that belong to it', async () => {
    const { traceId, headers } = newTrace()
    await account.get('/account', { headers })
    await eventually(
      async () => service.output.join('').includes(`"trace_id":"${traceId}"`),
      (found) => found,
    )
  })

  it('promise 4: has no secret, and no attribute that is not listed', async () => {
    const text = collector.text()
    for (const secret of secrets) expect(text).not.toContain(secret)
    const listed = new Set<string>(SPAN_FACTS)
    const names = new Set(collector.spans().flatMap(({ attributes }) => Object.keys(attributes)))
    expect([...names].filter((name) => !listed.has(name))).toEqual([])
    expect(collector.spans().filter(({ name }) => /getNextJob|moveStalled|Lock/.test(name))).toEqual([])
  })
})

describe('tracing', () => {
  it.each([
    ['process commands', 1, SamplingDecision.RECORD_AND_SAMPLED],
    ['process commands', 0, SamplingDecision.NOT_RECORD],
    ['getNextJob commands', 1, SamplingDecision.NOT_RECORD],
    ['extendLocks', 1, SamplingDecision.NOT_RECORD],
  ])('of %s, at the ratio %d, is decided', async (name, ratio, decision) => {
    const { ROOT_CONTEXT } = await import('@opentelemetry/api')
    const sampled = createSampler(ratio).shouldSample(
      ROOT_CONTEXT,
      'f'.repeat(32),
      name,
      SpanKind.INTERNAL,
      {},
      [],
    )
    expect(sampled.decision).toBe(decision)
  })

  it('loads nothing while it is off: one module imports the rest, and only when it is on', async () => {
    for (const file of ['tracing', 'startTracing', 'observe', 'log', 'queues', 'outbox'])
      expect(await readFile(`src/platform/${file}.ts`, 'utf8')).not.toMatch(
        /^import [^\n]*(opentelemetry|bullmq-otel|openTelemetry)/m,
      )
  })
})
