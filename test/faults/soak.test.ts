import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFailed, onTestFinished } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { waitForHttp } from '../../src/dev/waitForHttp.ts'
import { MINUTE_MS } from '../../src/domain/time.ts'
import { runSql } from '../setup/runSql.ts'
import { EventOracle } from '../support/EventOracle.ts'
import { eventually } from '../support/eventually.ts'
import { openLibrary } from '../support/libraries.ts'
import { startOwnPostgres } from '../support/ownPostgres.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { type Cluster, startCluster } from './16-checker/cluster.ts'
import { Faults } from './16-checker/Faults.ts'
import { Histories } from './16-checker/Histories.ts'
import { Oracle } from './16-checker/Oracle.ts'
import { Caller } from './events/Caller.ts'
import { Consumer } from './events/Consumer.ts'
import { AlertLoad } from './soak/AlertLoad.ts'
import { OF_CHECKER, SoakFaults } from './soak/SoakFaults.ts'
import { UsageLoad } from './soak/UsageLoad.ts'

const MINUTES = Number(process.env.SOAK_MINUTES ?? 2)
const HISTORIES_AT_ONCE = 20
const CALLERS = 3
/** Between two changes of a caller, in ms. */
const STEP_MS = 500
/** How long everything that was accepted may take at the end. */
const DONE_MS = 5 * MINUTE_MS

it(
  `promises 1, 2, 3, 7 and 14: ${MINUTES} minutes of everything, over three regions, under faults 2, 5, 9, 12, 13, 14 and 17`,
  async () => {
    const seed = anySeed()
    onTestFailed(() => console.error(`SEED=${seed}`))
    const postgres = await startOwnPostgres()
    const cluster = await startCluster(root, {
      database: postgres,
      primary: 'cluster',
      appendfsync: 'always',
      env: { WEBHOOK_ALLOW_PRIVATE: 'true' },
    })
    onTestFinished(() => cluster.stop())
    const random = (place: number) => createRandom(seed + place)
    const sender = (place: number) => ({
      urls: () => cluster.verifiers.map(({ url }) => url),
      token: cluster.operatorToken,
      random: random(place),
    })
    const library = await openLibrary({
      redisUrl: cluster.regions.find(({ name }) => name === 'us')?.redis.url ?? '',
      region: 'us',
      serviceToken: cluster.serviceToken,
    })
    const oracle = new Oracle(cluster)
    const histories = new Histories(cluster, oracle, seed)
    const faults = new Faults(cluster, histories, oracle, random(1), OF_CHECKER)
    const others = new SoakFaults(cluster, postgres, random(2))
    const usage = await UsageLoad.begin(cluster, library, sender(3))
    const alerts = await AlertLoad.begin(cluster, sender(4))
    onTestFinished(() => alerts.stop().then(() => {}))
    const events = new EventOracle()

    const began = Date.now()
    const until = began + MINUTES * MINUTE_MS
    const isOver = () => Date.now() > until
    const call = async (place: number) => {
      const caller = await Caller.signUp(sender(10 + place), events, `soak-${place}`)
      for (let step = 0; !isOver(); step++, await delay(STEP_MS)) await caller.step(`step-${place}-${step}`)
      return caller
    }
    const calling = Promise.all(Array.from({ length: CALLERS }, (_, place) => call(place)))
    await faults.during(async () => {
      await Promise.all([
        others.during(isOver),
        histories.run(HISTORIES_AT_ONCE, isOver),
        histories.keepChecking(random(5), isOver),
        usage.run(isOver),
        alerts.run(until),
        calling,
      ])
    })
    await untilDone(cluster)
    await library.close()

    const callers = await calling
    const record = await new Consumer(sender(6)).toTheEnd(1_000)
    const states = new Map(await Promise.all(callers.map((caller) => caller.state())))
    await histories.recheckAll(Math.min(2_000, histories.ended.length), random(7))
    const reconciled = await cluster.cli('usage', 'reconcile').catch(({ stdout }) => JSON.parse(stdout))
    const verdicts = {
      violations: oracle.violations,
      wronglyRefused: oracle.wronglyRefused,
      odd: oracle.odd,
      usage: await usage.differences(),
      reconciled: reconciled.differences,
      alerts: await alerts.faults(),
      events: events.violations(
        record.filter(({ accountid }) => states.has(accountid)),
        states,
      ),
      died: cluster.died,
    }
    const report = {
      ...{ seed, minutes: MINUTES, seconds: Math.round((Date.now() - began) / 1_000) },
      ...{ histories: histories.finished, keysEnded: histories.ended.length },
      ...{ verifications: oracle.counts, usage: usage.counts },
      ...{ alerts: { crossings: alerts.crossings, ...alerts.notifications } },
      ...{ events: { seen: record.length, ...events.counts } },
      faults: { ...faults.counts, ...others.counts },
      verdicts,
    }
    console.log(JSON.stringify(report))
    if (process.env.SOAK_REPORT)
      writeFileSync(process.env.SOAK_REPORT, `${JSON.stringify(report, undefined, 1)}\n`)
    expect(Object.entries(verdicts).filter(([, found]) => found.length > 0)).toEqual([])
    expect(histories.finished).toBeGreaterThan(MINUTES)
    expect(usage.counts.admitted).toBeGreaterThan(MINUTES * 60)
  },
  (MINUTES + 20) * MINUTE_MS,
)

/** Everything runs, no command is under way, and all usage is counted. */
async function untilDone({ databaseUrl, verifiers }: Cluster): Promise<void> {
  const accept = (status: number) => status === 200
  const signal = AbortSignal.timeout(DONE_MS)
  await Promise.all(
    verifiers.map(({ url }) => waitForHttp(`${url}/readyz`, { accept, boundMs: DONE_MS, signal })),
  )
  await eventually(
    () => runSql(databaseUrl, `select kind, status from command where status in ('pending', 'applied')`),
    ([rows]) => rows?.length === 0,
    DONE_MS,
  )
}
