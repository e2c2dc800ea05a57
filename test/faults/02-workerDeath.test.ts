import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { type Service, startService } from '../support/startService.ts'

/** SEED repeats who dies, and when. */
const seed = anySeed()
const random = createRandom(seed)
let service: Service
beforeAll(async () => {
  service = await startService({ workers: 2, env: { COMMAND_WAIT_MS: '60000' } })
})
afterAll(() => service.stop())

/** Kills one of the workers, and starts another. */
async function killOne(): Promise<void> {
  const [dies] = service.workers.splice(random.between(0, service.workers.length - 1), 1)
  await dies?.end('SIGKILL')
  service.workers.push(service.startWorker())
}

it(`promise 1: workers killed in the middle of 200 creates lose none and double none (seed ${seed})`, async () => {
  const account = await service.account('enterprise')
  let answered = 0
  const creates = Array.from({ length: 200 }, (_, index) =>
    account.post('/api-keys', { name: `Key ${index}`, type: 'live' }).then((answer) => {
      answered += 1
      return answer
    }),
  )
  // Again and again while work is going on: each time one of the workers dies, and another one starts.
  const shares = Array.from({ length: 6 }, () => random.between(10, 160)).sort((one, other) => one - other)
  for (const share of shares) {
    await eventually(
      async () => answered,
      (count) => count >= share,
    )
    await delay(random.between(0, 200))
    await killOne()
  }
  const answers = await Promise.all(creates)
  expect(answers.map(({ status }) => status)).toEqual(Array(200).fill(201))
  const listed = await Promise.all([1, 2, 3].map((page) => account.get(`/api-keys?limit=100&page=${page}`)))
  const names = listed.flatMap(({ body }) => body.apiKeys.map((key: { name: string }) => key.name))
  expect(names.length).toBe(201)
  expect(new Set(names).size).toBe(201)
  const audit = await account.get('/audit-log?limit=100')
  expect(audit.body.entries.every((entry: { action: string }) => entry.action === 'api-key.created')).toBe(
    true,
  )
  for (const { body } of answers.slice(0, 20)) {
    expect((await service.server.post('/verify', { key: body.key })).body.valid).toBe(true)
  }
}, 120_000)

it(`promise 2: 10,000 events with duplicates, sent while workers are killed, are each counted once (seed ${seed})`, async () => {
  const account = await service.account('enterprise')
  const keys = await Promise.all([0, 1, 2, 3].map(() => account.createKey()))
  const at = Date.now() - 30_000
  const events = Array.from({ length: 10_000 }, (_, index) => ({
    id: `event-${index}`,
    at: new Date(at - (index % 300) * 1_000).toISOString(),
    keyId: keys[index % keys.length]?.id,
    status: index % 10 === 0 ? 500 : index % 7 === 0 ? 404 : 200,
    latencyMs: 1 + (index % 100),
  }))
  const send = async (batch: object[]) => {
    const answer = await service.server.post('/usage/events', { events: batch })
    expect(answer.status).toBe(202)
    return answer.body as { accepted: number; duplicates: number }
  }
  let accepted = 0
  const deadly = new Set(random.shuffle(Array.from({ length: 20 }, (_, batch) => batch * 500)).slice(0, 5))
  for (let start = 0; start < events.length; start += 500) {
    const batch = events.slice(start, start + 500)
    // 30 % again: some in the same batch, some in the next, and one batch wholly repeated.
    const again = events.slice(Math.max(0, start - 150), start)
    const answers = await Promise.all([send([...batch, ...again, ...batch.slice(0, 100)]), send(batch)])
    accepted += answers.reduce((sum, answer) => sum + answer.accepted, 0)
    if (deadly.has(start)) await killOne()
  }
  expect(accepted).toBe(10_000)

  const usage = async () => {
    const answers = await Promise.all(keys.map(({ id }) => account.get(`/api-keys/${id}/usage`)))
    return answers.map(({ body }) => body.windows['24h'])
  }
  const windows = await eventually(
    usage,
    (seen) => seen.reduce((sum, one) => sum + one.requests, 0) >= 10_000,
  )
  const expected = keys.map((_, place) => {
    const own = events.filter((_event, index) => index % keys.length === place)
    return {
      requests: own.length,
      serverErrors: own.filter(({ status }) => status === 500).length,
      clientErrors: own.filter(({ status }) => status === 404).length,
    }
  })
  expect(
    windows.map(({ requests, serverErrors, clientErrors }) => ({ requests, serverErrors, clientErrors })),
  ).toEqual(expected)
  // And it stays so once every job that died has run again.
  await eventually(
    async () =>
      (
        await fetch(`${service.url}/metrics`, {
          headers: { Authorization: `Basic ${btoa('operator:operator-password')}` },
        })
      ).text(),
    (metrics) =>
      ['metering', 'slots'].every(
        (queue) =>
          metrics.includes(`queue="${queue}",state="active"} 0`) &&
          metrics.includes(`queue="${queue}",state="wait"} 0`),
      ),
  )
  expect((await usage()).map(({ requests }) => requests)).toEqual(expected.map(({ requests }) => requests))
}, 120_000)
