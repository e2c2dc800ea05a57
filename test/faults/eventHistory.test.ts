import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { Chaos, ROUND } from '../support/chaos.ts'
import { BY_ITSELF, EventOracle, type SeenEvent } from '../support/EventOracle.ts'
import { eventually } from '../support/eventually.ts'
import { type OwnPostgres, startOwnPostgres } from '../support/ownPostgres.ts'
import { anySeed, createRandom } from '../support/random.ts'
import type { Sender } from '../support/sendSurely.ts'
import { type Service, startService } from '../support/startService.ts'
import { Caller } from './events/Caller.ts'
import { Consumer } from './events/Consumer.ts'

const STEPS = Number(process.env.CHECKER_STEPS ?? 300)
const IS_LONG = STEPS >= 1_000
const ACCOUNTS = IS_LONG ? 16 : 6
/** A process takes more than a second of CPU time to start, so the short history kills few. */
const SHORT_ROUND = { worker: 2, api: 1, redis: 1, postgres: 1 }
/** The history does not end before so many kills. */
const STRIKES = IS_LONG ? ROUND * Math.floor(STEPS / 1_000) : 5
const REPLAYS = 50

const seed = anySeed()
let postgres: OwnPostgres
let service: Service
let token: string
beforeAll(async () => {
  postgres = await startOwnPostgres()
  service = await startService({ database: postgres, apis: 2, workers: 2, env: { COMMAND_WAIT_MS: '5000' } })
  token = await service.operatorToken()
})
afterAll(() => service.stop())

const sender = (place: number): Sender => ({
  urls: () => service.apis.map(({ url }) => url),
  token,
  random: createRandom(seed + place),
})

it(
  `promise 14: each change of a history of ${STEPS} steps is announced once and in order, whatever is killed, and every replay is the same`,
  async () => {
    onTestFailed(() => console.error(`SEED=${seed}`))
    const began = Date.now()
    const oracle = new EventOracle()
    const chaos = new Chaos(service, postgres, createRandom(seed), IS_LONG ? undefined : SHORT_ROUND)
    const follower = new Consumer(sender(1))
    let isOver = false
    const following = follower.follow(() => isOver)
    following.catch(() => {})

    let taken = 0
    const run = async (place: number): Promise<Caller> => {
      const caller = await Caller.signUp(sender(100 + place), oracle, `account-${place}`)
      for (let step = taken++; step < STEPS; step = taken++) {
        await chaos.struck(Math.floor((step / STEPS) * STRIKES))
        await caller.step(`step-${step}`)
      }
      return caller
    }
    const callers = await chaos.during(
      () => Promise.all(Array.from({ length: ACCOUNTS }, (_, place) => run(place))),
      IS_LONG ? undefined : STRIKES,
    )

    // What nobody knows the outcome of may still be under way.
    const unfinished = `select kind, status from command where status in ('pending', 'applied')`
    await eventually(
      () => runSql(postgres.databaseUrl, unfinished),
      ([rows]) => rows?.length === 0,
      120_000,
    )
    const record = await new Consumer(sender(2)).toTheEnd(1_000)
    isOver = true
    await following
    await follower.toTheEnd()

    const states = new Map(await Promise.all(callers.map((caller) => caller.state())))
    // The follower has read last, and before the states.
    const violations = oracle.violations(follower.events, states)
    const report = {
      ...{ steps: STEPS, seed, seconds: Math.round((Date.now() - began) / 1_000), kills: chaos.kills },
      ...{ events: record.length, ...oracle.counts, pages: follower.cursors.length, violations },
    }
    console.log(JSON.stringify(report))
    if (process.env.CHECKER_REPORT)
      writeFileSync(process.env.CHECKER_REPORT, `${JSON.stringify(report, undefined, 1)}\n`)
    expect(violations).toEqual([])
    expect(service.died).toEqual([])

    // Whoever read while everything was killed has seen the same, and so does whoever reads again from anywhere. The
    // clock alone goes on: keys that were rotated have expired, which is announced within a minute.
    const ids = follower.events.map(({ id }) => id)
    expect(follower.events.slice(0, record.length)).toEqual(record)
    const ofCallers = (events: SeenEvent[]) => events.filter(({ type }) => !BY_ITSELF.has(type))
    expect(ofCallers(follower.events.slice(record.length))).toEqual([])
    const random = createRandom(seed + 3)
    for (let replay = 0; replay < REPLAYS; replay++) {
      const place = random.between(1, ids.length)
      const start = random.chance(0.5)
        ? random.pick(follower.cursors)
        : { cursor: ids[place - 1] ?? '', before: place }
      const again = await new Consumer(sender(4 + replay), start.cursor).toTheEnd(1_000)
      const rest = ids.slice(start.before)
      expect(again.slice(0, rest.length).map(({ id }) => id)).toEqual(rest)
      expect(ofCallers(again.slice(rest.length))).toEqual([])
    }
    // It was no idle run.
    expect(oracle.counts.certain).toBeGreaterThan(STEPS / 2)
    expect(record.length).toBeGreaterThan(STEPS / 2)
  },
  300_000 + STEPS * 300,
)
