import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import type { Answer } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { expectCounted } from '../support/expectCounted.ts'
import { type Service, startService } from '../support/startService.ts'

/** A Redis at its `maxmemory` refuses to write (`noeviction`): nothing is acknowledged that it does not hold. */
let service: Service
let redis: Redis
beforeAll(async () => {
  await awayFromMidnight()
  service = await startService({ env: { COMMAND_WAIT_MS: '2000' } })
  redis = new Redis(service.redis.url)
})
afterAll(async () => {
  redis.disconnect()
  await service.stop()
})

const bound = (bytes: number) => redis.config('SET', 'maxmemory', String(bytes))
const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1])

const statusesOf = (answers: Answer[]) => [...new Set(answers.map(({ status }) => status))].toSorted()

it('promises 1 to 3: what a full Redis cannot hold is refused or done later, and what was acknowledged is counted once', async () => {
  const account = await service.account('enterprise')
  const [key, ended] = [await account.createKey(), await account.createKey()]
  const member = { email: 'ada@example.com', password: 'a long password' }
  await account.post('/members', { ...member, role: 'admin' })
  const signedIn = await account.as(undefined).post('/session', member)
  const session = { headers: { Cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' } }
  let batches = 0
  const send = () => {
    batches += 1
    const events = Array.from({ length: 200 }, (_, place) => ({
      ...{ id: `event-${batches}-${place}`, at: new Date().toISOString(), keyId: key.id },
      ...{ status: 200, endpoint: `/images/${'x'.repeat(100)}` },
    }))
    return service.server.post('/usage/events', { events })
  }
  const verify = () => service.server.post('/verify', { key: key.key })
  const asks: Answer[] = []
  const reports: Answer[] = []

  // Little room: it fills up while everybody goes on. Nothing leaves, for the workers are away.
  for (const worker of service.workers.splice(0)) await worker.end('SIGTERM')
  await bound((await used()) + 400_000)
  await eventually(
    async () => {
      const [asked, reported] = await Promise.all([verify(), send()])
      asks.push(asked)
      reports.push(reported)
      return reported.status
    },
    (status) => status === 503,
    60_000,
  )
  await bound(1_000_000)
  for (const answer of await Promise.all([verify(), verify()])) asks.push(answer)
  for (const answer of await Promise.all([send(), send()])) reports.push(answer)
  expect([statusesOf(asks), statusesOf(reports)]).toEqual([
    [200, 503],
    [202, 503],
  ])
  for (const { status, headers, body } of [...asks, ...reports])
    if (status === 503)
      expect([headers.get('retry-after'), body.type]).toEqual([
        '1',
        expect.stringMatching(/service-unavailable$/),
      ])
  expect(asks.at(-1)?.status).toBe(503)
  expect(reports.at(-1)?.status).toBe(503)

  // An admin key is a key: without a region nobody can say that it may pass.
  expect((await account.post(`/api-keys/${ended.id}/revoke`)).status).toBe(503)
  // A session is a row in Postgres, and so is what it asks for.
  const accepted = await account.as(undefined).post(`/api-keys/${ended.id}/revoke`, {}, session)
  expect(accepted.status).toBe(202)

  // A worker that finds Redis full goes on by itself once there is room.
  service.workers.push(service.startWorker())
  await eventually(
    async () => service.output.join(''),
    (output) => output.includes('a worker met an error'),
    60_000,
  )
  await bound(0)
  const passed = await eventually(verify, ({ status }) => status === 200)
  expect(passed.body.code).toBe('VALID')
  await eventually(
    () => account.as(undefined).get(accepted.headers.get('location') ?? '', session),
    ({ body }) => body.status === 'succeeded',
    60_000,
  )
  expect((await service.server.post('/verify', { key: ended.key })).body.code).toBe('REVOKED')

  const admitted = asks.filter(({ status }) => status === 200).length + 1
  const reported = reports
    .filter(({ status }) => status === 202)
    .reduce((sum, { body }) => sum + body.accepted, 0)
  await expectCounted(service, [key.id], admitted + reported)
}, 180_000)
