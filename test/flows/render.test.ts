import { PNG } from 'pngjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'
import { type RenderApi, startRenderApi } from '../support/startRenderApi.ts'

let service: SharedService
let example: RenderApi
beforeAll(async () => {
  await awayFromMidnight(120_000)
  service = await sharedService()
  example = await startRenderApi(service)
})
afterAll(async () => {
  await example?.stop()
})

const SIZE = 32
const RED = [0xdd, 0x11, 0x22, 0xff]
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}"><rect width="${SIZE}" height="${SIZE}" fill="#d12"/></svg>`

/** One request to the example; asks for a small red picture unless told. */
async function render(key: string | undefined, body: object = { svg, width: SIZE, height: SIZE }) {
  const response = await fetch(`${example.url}/image`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
  })
  const { status, headers } = response
  return { status, headers, body: Buffer.from(await response.arrayBuffer()) }
}

type Rendered = Awaited<ReturnType<typeof render>>

/** The pixels of a picture as [red, green, blue, alpha]. */
function pixelsOf({ status, headers, body }: Rendered): number[][] {
  expect([status, headers.get('content-type')]).toEqual([200, 'image/png'])
  const { width, height, data } = PNG.sync.read(body)
  expect([width, height]).toEqual([SIZE, SIZE])
  return Array.from({ length: SIZE * SIZE }, (_, at) => [...data.subarray(at * 4, at * 4 + 4)])
}

const problemOf = ({ headers, body }: Rendered) => {
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
  return JSON.parse(body.toString()) as { type: string; status: number; retryAfter?: number }
}

it('a live render has no watermark, a test render of the same picture has', async () => {
  const account = await service.account('pro')
  const live = await account.createKey({ type: 'live' })
  const test = await account.createKey({ type: 'test' })
  const plain = pixelsOf(await render(live.key))
  expect(plain.every((pixel) => pixel.join() === RED.join())).toBe(true)
  const marked = pixelsOf(await render(test.key))
  const changed = marked.filter((pixel) => pixel.join() !== RED.join()).length
  expect(changed / marked.length).toBeGreaterThan(0.1)
})

it('promise 5: the 101st test render of the day is a 429 problem that says when to come back', async () => {
  const account = await service.account('pro')
  const { id, key } = await account.createKey({ type: 'test' })
  let asked = 0
  const statuses: number[] = []
  const refused: Rendered[] = []
  // Over a few connections, as a caller's servers would; the renders themselves take turns in two threads.
  const caller = async () => {
    while (asked < 101) {
      asked += 1
      const rendered = await render(key)
      statuses.push(rendered.status)
      if (rendered.status !== 200) refused.push(rendered)
    }
  }
  await Promise.all(Array.from({ length: 8 }, caller))
  expect(statuses.filter((status) => status === 200)).toHaveLength(100)
  expect(refused).toHaveLength(1)

  const again = await render(key)
  for (const one of [...refused, again]) {
    const problem = problemOf(one)
    expect(problem).toMatchObject({ status: 429, type: expect.stringMatching(/\/test-quota-exceeded$/) })
    expect(one.headers.get('retry-after')).toBe(String(problem.retryAfter))
    const untilMidnight = 86_400 - (Math.floor(Date.now() / 1000) % 86_400)
    expect(Math.abs((problem.retryAfter ?? 0) - untilMidnight)).toBeLessThan(30)
    expect(one.headers.get('ratelimit')).toContain('"test-renders";r=0;')
  }

  const seen = await eventually(
    () => account.get(`/api-keys/${id}/usage`),
    ({ body }) => body.windows['24h'].requests === 100 && body.windows['24h'].refused === 2,
  )
  expect(seen.body.windows['24h']).toMatchObject({ units: 100, refusedByCode: { QUOTA_EXCEEDED: 2 } })
  const other = await account.createKey({ type: 'test' })
  expect((await render(other.key)).status).toBe(200)
})

it('promise 3: a key whose revocation was answered is a 401 at the next request', async () => {
  const account = await service.account('pro')
  const { id, key } = await account.createKey()
  expect((await render(key)).status).toBe(200)
  expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(200)
  const refused = await render(key)
  expect(refused.status).toBe(401)
  // To an end user it looks like a key that never was.
  const unknown = problemOf(await render(`${key.slice(0, -6)}000000`))
  const { type } = problemOf(refused)
  expect(type).toMatch(/\/invalid-api-key$/)
  expect(unknown.type).toBe(type)
})

it('the usage shown equals what was sent: requests, renders, classes of status, latency', async () => {
  const account = await service.account('pro')
  const { id, key } = await account.createKey()
  const before = Date.now()
  const drawn = await Promise.all([1, 2, 3, 4, 5].map(() => render(key)))
  const undrawable = await Promise.all(
    [1, 2].map(() => render(key, { svg: 'no picture', width: 9, height: 9 })),
  )
  // Refused by the example before it asks: no request of this key.
  const malformed = await render(key, { width: 9 })
  const longest = Date.now() - before
  expect([...drawn, ...undrawable, malformed].map(({ status }) => status)).toEqual([
    ...Array(5).fill(200),
    ...Array(2).fill(422),
    400,
  ])

  const latencies = await eventually(
    () => account.get(`/api-keys/${id}/usage`),
    ({ body }) => body.windows['24h'].clientErrors === 2 && body.windows['24h'].latencyMs.p50 !== null,
  )
  for (const window of ['24h', '7d', '30d']) {
    const { latencyMs, ...counts } = latencies.body.windows[window]
    expect(counts).toEqual({
      requests: 7,
      units: 7,
      refused: 0,
      refusedByCode: {},
      errors: 2,
      clientErrors: 2,
      serverErrors: 0,
      errorRate: 2 / 7,
    })
    for (const name of ['mean', 'p50', 'p95', 'p99']) {
      expect(latencyMs[name]).toBeGreaterThan(0)
      expect(latencyMs[name]).toBeLessThanOrEqual(longest * 1.01)
    }
  }
  const read = await account.get(`/api-keys/${id}`)
  expect(Math.abs(Date.parse(read.body.lastUsedAt) - before)).toBeLessThan(longest + 5_000)
})
