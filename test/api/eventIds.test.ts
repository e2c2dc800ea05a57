import { randomUUID } from 'node:crypto'
import { beforeAll, expect, it } from 'vitest'
import { toBase62 } from '../../src/domain/base62.ts'
import { DAY_MS as DAY } from '../../src/domain/time.ts'
import type { Client } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { expectProblem } from '../support/refusals.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let account: Awaited<ReturnType<SharedService['account']>>
beforeAll(async () => {
  service = await sharedService()
  account = await service.account('enterprise')
})

/** A resource server by this name, with a token of its own. */
async function reporter(name: string): Promise<Client> {
  const { serviceToken } = await service.cli('service-token', 'create', '--name', name)
  return service.server.as(serviceToken ?? '')
}
const event = (keyId: string, id: string, more: object = {}) => ({
  id,
  at: new Date().toISOString(),
  keyId,
  status: 200,
  ...more,
})
const report = async (server: Client, ...events: object[]) =>
  (await server.post('/usage/events', { events })).body
const counted = (keyId: string, requests: number) =>
  eventually(
    async () => (await account.get(`/api-keys/${keyId}/usage`)).body.windows['24h'],
    (usage) => usage.requests >= requests,
  )

it('two reporters that number their events alike lose nothing; one that sends again is counted once', async () => {
  const { id } = await account.createKey()
  const [one, other] = [await reporter('render'), await reporter('search')]
  const events = ['1', '2', '3'].map((number) => event(id, number))
  expect(await report(one, ...events)).toEqual({ accepted: 3, duplicates: 0 })
  expect(await report(other, ...events)).toEqual({ accepted: 3, duplicates: 0 })
  expect(await report(one, ...events)).toEqual({ accepted: 0, duplicates: 3 })
  expect((await counted(id, 6)).requests).toBe(6)
  expect(await report(other, ...events)).toEqual({ accepted: 0, duplicates: 3 })
  expect((await counted(id, 6)).requests).toBe(6)
})

it('a token of the same name is the same reporter: what it sends again after a rotation is counted once', async () => {
  const { id } = await account.createKey()
  const events = [event(id, randomUUID()), event(id, randomUUID())]
  expect(await report(await reporter('rotated'), ...events)).toEqual({ accepted: 2, duplicates: 0 })
  await counted(id, 2)
  expect(await report(await reporter('rotated'), ...events)).toEqual({ accepted: 0, duplicates: 2 })
})

it('no id of a reporter keeps a verification from being completed', async () => {
  const { id, key } = await account.createKey()
  const { requestId } = (await service.server.post('/verify', { key })).body
  const taken = [`completes ${requestId}`, requestId].map((own) => event(id, own))
  expect(await report(service.server, ...taken)).toEqual({ accepted: 2, duplicates: 0 })
  await counted(id, 3)
  await report(service.server, event(id, randomUUID(), { status: 503, requestId }))
  const usage = await eventually(
    () => counted(id, 3),
    ({ serverErrors }) => serverErrors === 1,
  )
  expect(usage.requests).toBe(3)
})

it.each([
  ['in the year 8888', Date.UTC(8888, 11, 2)],
  ['ten minutes ahead', Date.now() + 600_000],
  ['36 days ago', Date.now() - 36 * DAY],
  ['in 1970', 0],
])('a requestId of a verification %s is refused by name', async (_name, at) => {
  const { id } = await account.createKey()
  const requestId = `req_${toBase62(at, 8)}0000000000000A`
  const refused = await expectProblem(service.url, 400, '/usage/events', {
    method: 'POST',
    secret: service.serviceToken,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ events: [event(id, randomUUID()), event(id, randomUUID(), { requestId })] }),
  })
  expect(refused).toEqual(['events[1].requestId out_of_range'])
})
