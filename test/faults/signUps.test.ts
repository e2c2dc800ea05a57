import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { readSurely, type Sender, sendSurely } from '../support/sendSurely.ts'
import { type Service, startService } from '../support/startService.ts'

const SIGN_UPS = 1_000
const TWICE = 20
/** How many must be known before each kill: the two workers die in turns, about once a second. */
const KILLS = [50, 200, 350, 500, 650, 800]

const seed = anySeed()
let service: Service
let sender: Sender
beforeAll(async () => {
  service = await startService({ workers: 2, env: { COMMAND_WAIT_MS: '2000' } })
  const token = await service.operatorToken()
  sender = { urls: () => [service.url], token, random: createRandom(seed) }
})
afterAll(() => service.stop())

/** Every page of a list. */
async function readPages<Item>(path: string, field: string, cursor: string): Promise<Item[]> {
  const all: Item[] = []
  for (let after: string | null = ''; ; ) {
    const { status, body } = await readSurely(sender, `${path}${after === '' ? '' : `&${cursor}=${after}`}`)
    expect(status).toBe(200)
    all.push(...body[field])
    if (body.nextCursor === null || body.nextCursor === after) return all
    after = body.nextCursor
  }
}

it('promises 1 and 14: 1,000 sign-ups at once, 20 of them twice, make one account and one event each while workers are killed', async () => {
  onTestFailed(() => console.error(`SEED=${seed}`))
  const externalIds = Array.from({ length: SIGN_UPS - TWICE }, (_, place) => `customer-${place}`)
  const asked = sender.random.shuffle([...externalIds, ...externalIds.slice(0, TWICE)])
  const accepted = new Set<string>()
  let known = 0
  const signUps = asked.map(async (externalId, place) => {
    const call = {
      method: 'POST',
      path: '/accounts',
      body: { name: `Customer ${place}`, externalId },
    } as const
    const { status, body } = await sendSurely(sender, call, `sign-up-${place}`, () =>
      accepted.add(externalId),
    )
    known += 1
    return { externalId, status, id: (status === 201 ? body.account.id : body.accountId) as string }
  })

  for (const share of KILLS) {
    await eventually(
      async () => known,
      (count) => count >= share,
    )
    await service.workers.shift()?.end('SIGKILL')
    service.workers.push(service.startWorker())
  }
  const answers = await Promise.all(signUps)

  const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length
  expect([count(201), count(409)]).toEqual([externalIds.length, TWICE])
  const accounts = await readPages<{ id: string; externalId: string }>(
    '/accounts?limit=100',
    'accounts',
    'cursor',
  )
  expect(accounts.map(({ externalId }) => externalId).toSorted()).toEqual(externalIds.toSorted())
  const idOf = new Map(accounts.map(({ id, externalId }) => [externalId, id]))
  for (const { externalId, id } of answers)
    expect([externalId, id]).toEqual([externalId, idOf.get(externalId)])
  for (const externalId of accepted) expect(idOf.has(externalId), externalId).toBe(true)

  const events = await readPages<{ type: string; subject: string }>('/events?limit=1000', 'events', 'after')
  const expected = accounts.map(({ id }) => `account.created ${id}`)
  expect(events.map(({ type, subject }) => `${type} ${subject}`).toSorted()).toEqual(expected.toSorted())
  const [left] = await runSql(
    service.databaseUrl,
    "select kind from command where status in ('pending', 'applied')",
  )
  expect([left, service.died]).toEqual([[], []])
}, 240_000)
