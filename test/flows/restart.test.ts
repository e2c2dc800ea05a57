import { afterAll, beforeAll, expect, it } from 'vitest'
import { DAY_MS } from '../../src/domain/time.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type OwnPostgres, startOwnPostgres } from '../support/ownPostgres.ts'
import { createRandom } from '../support/random.ts'
import { type Service, startService } from '../support/startService.ts'
import { verifyRequests } from '../support/verifyRequests.ts'

let postgres: OwnPostgres
let service: Service
beforeAll(async () => {
  await awayFromMidnight()
  postgres = await startOwnPostgres()
  service = await startService({ database: postgres, appendfsync: 'always' })
})
afterAll(() => service?.stop())

it('promise 2: a restart of everything in the middle of a day changes no number', async () => {
  const { adminKey, createKey } = await service.account('pro')
  const [live, test] = [await createKey({ type: 'live' }), await createKey({ type: 'test' })]
  await verifyRequests(
    service,
    createRandom(1),
    [live, live, live, test, test].map((key) => key as { id: string; key: string }),
  )
  const events = Array.from({ length: 400 }, (_, index) => ({
    id: `event-${index}`,
    at: new Date(Date.now() - (index * 30 * DAY_MS) / 400).toISOString(),
    keyId: index % 2 ? live.id : test.id,
    status: index % 7 ? 200 : 500,
    latencyMs: index,
    ip: `192.0.2.${index % 50}`,
    endpoint: `/images/${index % 3}`,
  }))
  expect((await service.server.post('/usage/events', { events })).status).toBe(202)

  /** Everything that counts, as callers see it; of instants only those that do not move with the clock. */
  const numbers = async () => {
    const [api] = service.apis
    if (!api) throw new Error('No api runs')
    const client = createClient(api.url, adminKey)
    const from = new Date(Date.now() - 29 * DAY_MS).toISOString().slice(0, 10)
    const keys = await Promise.all(
      [live, test].map(async ({ id }) => ({
        usage: (await client.get(`/api-keys/${id}/usage`)).body.windows,
        callers: (await client.get(`/api-keys/${id}/callers?days=30`)).body.days,
      })),
    )
    const series = await client.get(`/usage?from=${from}&interval=day&groupBy=endpoint`)
    return { keys, series: series.body.series }
  }
  /** What is left of each limit: asking costs one request of every key. */
  const limits = async () => {
    const client = createClient(service.apis[0]?.url ?? '', service.serviceToken)
    const answers = await Promise.all(
      [live, test].map(({ key }) => client.post('/verify', { key, permission: 'renders:write' })),
    )
    return answers.map(({ body: { requestsToday, limits } }) => ({
      requestsToday,
      left: Object.fromEntries(
        Object.entries(limits as Record<string, { remaining: number }>)
          .filter(([name]) => name !== 'minute')
          .map(([name, { remaining }]) => [name, remaining]),
      ),
    }))
  }

  const left = await limits()
  const before = await eventually(
    numbers,
    ({ keys }) => keys.reduce((sum, { usage }) => sum + usage['30d'].requests, 0) === events.length + 7,
  )

  const { apis, workers, startApi, startWorker } = service
  await Promise.all([...apis.splice(0), ...workers.splice(0)].map((one) => one.end()))
  await Promise.all([service.redis.restart(), postgres.crash()])
  workers.push(startWorker())
  apis.push(await startApi())

  expect(await numbers()).toEqual(before)
  const after = await limits()
  after.forEach(({ requestsToday }, index) => {
    expect(requestsToday).toBe((left[index]?.requestsToday ?? 0) + 1)
  })
  const oneLess = left.map(({ left: names }) =>
    Object.fromEntries(Object.entries(names).map(([name, count]) => [name, count - 1])),
  )
  expect(after.map(({ left: names }) => names)).toEqual(oneLess)
}, 120_000)
