import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  createUsageReporter,
  type UsageEvent,
  type UsageReporterOptions,
} from '../../examples/render-api/usageReporter.ts'

type Batch = { ids: string[]; authorization: string | undefined }
type Answer = (response: ServerResponse, ids: string[]) => void

const accept: Answer = (response) => response.writeHead(202).end('{"accepted":1,"duplicates":0}')
const fail: Answer = (response) => response.writeHead(503).end()
const loseTheAnswer: Answer = (response) => void response.destroy()

/** A stand-in for Pictify Keys: answers with `script`, one entry a batch, and then accepts. */
let server: Server
let script: Answer[]
let batches: Batch[]

beforeEach(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  script = []
  batches = []
  server = createServer(async (request, response) => {
    const { events } = JSON.parse(await text(request)) as { events: UsageEvent[] }
    const ids = events.map((event) => event.id)
    batches.push({ ids, authorization: request.headers.authorization })
    const answer = script.shift() ?? accept
    answer(response, ids)
    server.emit('batch')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(async () => {
  vi.restoreAllMocks()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const event = (id: string): UsageEvent => ({
  id,
  at: '2026-01-02T03:04:05.678Z',
  keyId: 'key_0123456789abcdef',
  status: 200,
  latencyMs: 12,
  requestId: `req_${id}`,
  ip: '192.0.2.1',
  endpoint: '/image',
  method: 'POST',
})

function reporter(options: Partial<UsageReporterOptions> = {}) {
  const { port } = server.address() as AddressInfo
  const keysUrl = `http://127.0.0.1:${port}`
  return createUsageReporter({ keysUrl, serviceToken: 'secret', intervalMs: 5, maxBackoffMs: 20, ...options })
}

const batchCount = async (count: number) => {
  while (batches.length < count) await once(server, 'batch')
}

test('events recorded together leave together, with the service token', async () => {
  const usage = reporter()
  for (const id of ['a', 'b', 'c']) usage.record(event(id))
  await batchCount(1)
  expect(batches).toEqual([{ ids: ['a', 'b', 'c'], authorization: 'Bearer secret' }])
  expect(await usage.stop()).toBe(0)
  expect(batches).toHaveLength(1)
})

test('a full batch does not wait for the interval, and no batch is larger', async () => {
  const usage = reporter({ intervalMs: 60_000, batchSize: 2 })
  for (const id of ['a', 'b', 'c', 'd', 'e']) usage.record(event(id))
  await batchCount(2)
  await usage.stop()
  expect(batches.map((batch) => batch.ids)).toEqual([['a', 'b'], ['c', 'd'], ['e']])
})

test('a retry carries the same ids, even where only the answer was lost', async () => {
  script = [fail, loseTheAnswer, fail]
  const usage = reporter()
  usage.record(event('a'))
  usage.record(event('b'))
  await batchCount(4)
  expect(batches.map((batch) => batch.ids)).toEqual(Array(4).fill(['a', 'b']))
  expect(await usage.stop()).toBe(0)
})

test('nothing is lost and nothing accepted twice over a server that keeps failing', async () => {
  const accepted: string[] = []
  const take: Answer = (response, ids) => {
    accepted.push(...ids)
    accept(response, ids)
  }
  script = Array.from({ length: 200 }, (_, turn) =>
    turn % 3 === 0 ? take : turn % 3 === 1 ? fail : loseTheAnswer,
  )
  const usage = reporter({ intervalMs: 1, maxBackoffMs: 2, batchSize: 7 })
  const ids = Array.from({ length: 100 }, (_, index) => `event-${index}`)
  for (const id of ids) {
    usage.record(event(id))
    if (id.endsWith('0')) await once(server, 'batch')
  }
  expect(await usage.stop()).toBe(0)
  expect(accepted).toEqual(ids)
})

test('stop sends what is left at once, through failures', async () => {
  script = [fail]
  const usage = reporter({ intervalMs: 60_000, maxBackoffMs: 60_000 })
  usage.record(event('a'))
  expect(await usage.stop()).toBe(0)
  expect(batches.map((batch) => batch.ids)).toEqual([['a'], ['a']])
})

test('stop cuts a long back-off short', async () => {
  script = [fail]
  const usage = reporter({ intervalMs: 50_000, batchSize: 1, maxBackoffMs: 60_000 })
  usage.record(event('a'))
  await batchCount(1)
  expect(await usage.stop()).toBe(0)
  expect(batches).toHaveLength(2)
})

test('stop ends in bounded time and tells what is left', async () => {
  script = Array(1000).fill(fail)
  const usage = reporter()
  usage.record(event('a'))
  usage.record(event('b'))
  expect(await usage.stop(50)).toBe(2)
})

test('an event that is refused holds back no other', async () => {
  const accepted: string[] = []
  const refuseBad: Answer = (response, ids) => {
    if (ids.includes('bad')) return response.writeHead(400).end()
    accepted.push(...ids)
    accept(response, ids)
  }
  script = Array(50).fill(refuseBad)
  const usage = reporter()
  for (const id of ['a', 'b', 'bad', 'c', 'd']) usage.record(event(id))
  expect(await usage.stop()).toBe(0)
  expect(accepted).toEqual(['a', 'b', 'c', 'd'])
})

test('memory is bounded while the server is away', async () => {
  const usage = reporter({ capacity: 3, intervalMs: 60_000 })
  for (const id of ['a', 'b', 'c', 'd']) usage.record(event(id))
  expect(await usage.stop()).toBe(0)
  expect(batches.flatMap((batch) => batch.ids)).toEqual(['a', 'b', 'c'])
})
