import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { ImportReader, READ_MS } from '../../src/api/imports/ImportReader.ts'
import { runSql } from '../setup/runSql.ts'
import { type Answer, createClient } from '../support/client.ts'
import { createImporter, newValue, record } from '../support/createImporter.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService({ apis: 2 })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
afterAll(() => service.stop())

const send = (...args: Parameters<ReturnType<typeof createImporter>['send']>) =>
  createImporter(service).send(...args)
const slugOf = ({ body }: { body: { type?: string } }) => body.type?.split('/').at(-1)
const file = (lines: number) =>
  Array.from({ length: lines }, () => JSON.stringify(record(newValue(), { name: 'A' }))).join('\n')

it('promise 12: a process that reads a file of keys goes on with everything else', async () => {
  const reader = new ImportReader()
  // The thread has started, so that what is measured is reading alone.
  await reader.read(file(1), 'jsonl', new Date())
  let turns = 0
  let reads = true
  const turn = () => {
    turns += 1
    if (reads) setImmediate(turn)
  }
  turn()
  const read = await reader.read(file(5_000), 'jsonl', new Date())
  reads = false
  expect(read.records).toHaveLength(5_000)
  // In the process itself, it would be a handful.
  expect(turns).toBeGreaterThan(100)
})

it('promise 11: the bound of a file counts from its arrival, whatever is read before it', async () => {
  const reader = new ImportReader()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  // The thread is never asked about the first one, and so never answers.
  const post = vi.spyOn(Worker.prototype, 'postMessage').mockImplementationOnce(() => {})
  const reading = Promise.allSettled([1, 2, 3].map(() => reader.read(file(1), 'jsonl', new Date())))
  await vi.advanceTimersByTimeAsync(READ_MS)
  const late = { status: 'rejected', reason: { slug: 'service-unavailable' } }
  expect(await reading).toMatchObject([late, late, late])
  // Nothing is read whose caller has had an answer, and the next file has a thread that works.
  expect(post).toHaveBeenCalledTimes(1)
  expect((await reader.read(file(1), 'jsonl', new Date())).records).toHaveLength(1)
})

it.each([
  ['1 MiB of empty objects', '{}\n'.repeat(349_525), 413, 'payload-too-large', /512 KiB/],
  ['half a MiB of numbers', '1\n'.repeat(262_144), 400, 'validation-error', /more than 5000 lines/],
  ['half a MiB of line breaks', '\n'.repeat(524_288), 400, 'validation-error', /more than 5000 lines/],
  ['as many faults as there may be lines', '{}\n'.repeat(5_000), 400, 'validation-error', /4499 more lines/],
])(
  'promise 12: %s: refused, and another account’s keys verify meanwhile',
  async (_name, text, status, slug, detail) => {
    const [hostile, other] = await Promise.all([service.account(), service.account()])
    let refused = false
    const refusals = Promise.all(
      ['', '?dryRun=true'].map(async (query) => {
        const answer = await send(hostile, text, { query })
        refused = true
        return answer
      }),
    )
    const codes: string[] = []
    do codes.push((await service.server.post('/verify', { key: other.adminKey })).body.code)
    while (!refused)
    expect(new Set(codes)).toEqual(new Set(['VALID']))
    for (const answer of await refusals) {
      // The second is either refused for itself or because the first is not done.
      if (slugOf(answer) === 'import-in-progress') continue
      expect([answer.status, slugOf(answer)]).toEqual([status, slug])
      expect(answer.body.detail).toMatch(detail)
      expect(answer.body.errors?.length ?? 0).toBeLessThanOrEqual(100)
    }
  },
)

it('an account has one import at a time, whatever process takes it, and is told which is under way', async () => {
  const [account, other] = await Promise.all([service.account(), service.account()])
  await service.workers.pop()?.end()
  const text = JSON.stringify(record(newValue()))
  const first = send(account, text)
  const elsewhere = createClient(service.apis[1]?.url ?? '', account.adminKey)
  const ask = async (url: string) => {
    const headers = { Authorization: `Bearer ${account.adminKey}`, 'Content-Type': 'application/x-ndjson' }
    const response = await fetch(`${url}/api-keys/import`, { method: 'POST', headers, body: text })
    const body = (await response.json()) as Answer['body']
    return { status: response.status, headers: response.headers, body }
  }
  // Had another request been first, the first one would be refused.
  await eventually(
    () =>
      runSql(
        service.databaseUrl,
        `select from command where account_id = '${account.accountId}' and kind = 'import-api-keys'`,
      ),
    ([rows]) => rows?.length === 1,
  )
  expect(await ask(service.apis[1]?.url ?? '')).toMatchObject({
    status: 409,
    body: { operationId: expect.any(String), retryAfter: 1 },
  })
  const answer = await ask(service.url)
  expect([answer.status, slugOf(answer), answer.headers.get('retry-after')]).toEqual([
    409,
    'import-in-progress',
    '1',
  ])
  const { operationId } = (await ask(service.apis[1]?.url ?? '')).body
  expect((await elsewhere.get(`/operations/${operationId}`)).body.kind).toBe('import-api-keys')

  const theirs = send(other, JSON.stringify(record(newValue())))
  service.workers.push(service.startWorker())
  expect((await first).body).toMatchObject({ imported: 1 })
  expect((await theirs).body).toMatchObject({ imported: 1 })
  expect((await ask(service.url)).body).toMatchObject({ unchanged: 1 })
})

it('a file in UTF-16, or in the charset that its type names, is read as it is meant', async () => {
  const account = await service.account()
  const post = async (body: Buffer, type: string) => {
    const headers = { Authorization: `Bearer ${account.adminKey}`, 'Content-Type': type }
    const url = `${service.url}/api-keys/import?dryRun=true`
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }
  const csv = `name;hash\r\nBüro;${record(newValue()).hash}\r\n`
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(csv, 'utf16le')])
  expect((await post(utf16, 'text/csv')).body).toMatchObject({ imported: 1, failed: 0 })
  const latin = Buffer.from(csv, 'latin1')
  expect((await post(latin, 'text/csv; charset=windows-1252')).body).toMatchObject({ imported: 1 })
  expect((await post(latin, 'text/csv')).body.detail).toMatch(/not valid UTF-8/)
  expect((await post(latin, 'text/csv; charset=ebcdic')).status).toBe(415)
})
