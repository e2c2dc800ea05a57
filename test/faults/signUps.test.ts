import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { readSurely, type Sender, sendSurely } from '../support/sendSurely.ts'
import { type Service, type ServiceProcess, startService } from '../support/startService.ts'

const SIGN_UPS = 1_000
const TWICE = 20
/** So many at once: while no worker is there, each asks again several times a second. */
const LANES = 50
/** The last sign-ups are sent after so many kills, however fast the others were. */
const LAST = 100
const KILLS = 6
/** One takes more than a second to start: with these, another is usually ready when one is killed. */
const WORKERS = 3
const KILL_EVERY_MS = 1_000

const seed = anySeed()
let service: Service
let sender: Sender
beforeAll(async () => {
  service = await startService({ env: { COMMAND_WAIT_MS: '2000' } })
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

/**
 * Kills a worker every second until `isOver`, and starts another for each. It leaves one that is ready, so on a slow
 * machine it kills less often and sign-ups still get on. `onKill` gets the number of kills so far.
 */
async function killWorkers(isOver: () => boolean, onKill: (kills: number) => void): Promise<void> {
  const ready: ServiceProcess[] = [...service.workers]
  const start = async () => {
    ready.push(await service.startReadyWorker())
  }
  const starts = Array.from({ length: WORKERS - ready.length }, start)
  for (let kills = 0; !isOver(); ) {
    await delay(KILL_EVERY_MS)
    const victim = ready.length > 1 ? ready.shift() : undefined
    if (!victim) continue
    await victim.end('SIGKILL')
    onKill(++kills)
    starts.push(start())
  }
  await Promise.all(starts)
}

it('promises 1 and 14: 1,000 sign-ups, 20 of them twice, make one account and one event each while a worker is killed about every second', async () => {
  onTestFailed(() => console.error(`SEED=${seed}`))
  const externalIds = Array.from({ length: SIGN_UPS - TWICE }, (_, place) => `customer-${place}`)
  const asked = sender.random.shuffle([...externalIds, ...externalIds.slice(0, TWICE)])
  const accepted = new Set<string>()
  const struck = Promise.withResolvers<void>()
  let isOver = false
  const killing = killWorkers(
    () => isOver,
    (kills) => kills === KILLS && struck.resolve(),
  )
  killing.catch(struck.reject)
  const signUp = async (externalId: string, place: number) => {
    if (place >= SIGN_UPS - LAST) await struck.promise
    const call = {
      method: 'POST',
      path: '/accounts',
      body: { name: `Customer ${place}`, externalId },
    } as const
    const { status, body } = await sendSurely(sender, call, `sign-up-${place}`, () =>
      accepted.add(externalId),
    )
    return { externalId, status, id: (status === 201 ? body.account.id : body.accountId) as string }
  }
  const next = asked.entries()
  const lane = async () => {
    const own: Awaited<ReturnType<typeof signUp>>[] = []
    for (const [place, externalId] of next) own.push(await signUp(externalId, place))
    return own
  }
  const lanes = await Promise.all(Array.from({ length: LANES }, lane)).finally(() => {
    isOver = true
  })
  const answers = lanes.flat()
  await killing

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
}, 600_000)
