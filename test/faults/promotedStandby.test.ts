import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { type OwnPostgres, startOwnPostgres } from '../support/ownPostgres.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { revokeUnder } from '../support/revokeUnder.ts'
import { startLoad } from '../support/startLoad.ts'
import { type Service, startService } from '../support/startService.ts'
import { startStandby } from '../support/startStandby.ts'

/** Longer than a command waits for its outcome, and than Postgres has for a statement. */
const LONG_MS = 8_000
const LAG_MS = 300

describe('a synchronous standby', () => {
  let primary: OwnPostgres
  let standby: Awaited<ReturnType<typeof startStandby>>
  /** The address that the service knows. */
  let address: FlakyProxy
  let service: Service
  beforeEach(async () => {
    await awayFromMidnight()
    primary = await startOwnPostgres()
    const url = new URL(primary.databaseUrl)
    standby = await startStandby(primary.databaseUrl)
    await standby.becomeSynchronous()
    address = await startFlakyProxy(Number(url.port))
    url.port = String(address.port)
    service = await startService({ database: { ...primary, databaseUrl: url.href } })
  }, 120_000)
  afterEach(async () => {
    await service.stop()
    await address.close()
    await standby.stop()
  })

  it('promises 1, 2 and 3: takes the place of a primary that dies, and nothing acknowledged is lost', async () => {
    const load = await startLoad(service)
    const apis = [{ pid: 0, url: service.url }]
    const { round, seen } = await revokeUnder(service, apis, createRandom(anySeed()), { repeats: true })
    await delay(1_000)
    const promote = async () => {
      // It lacks what was committed last, unless a commit waits for it.
      await standby.hang()
      await delay(LAG_MS)
      await primary.kill()
      standby.goOn()
      await standby.promote()
      address.lead(standby.port)
    }
    let promoted: Promise<void> | undefined
    await round({
      begin: () => {
        promoted = promote()
      },
      meanwhile: () => Promise.resolve(promoted),
      end: () => {},
    })
    expect(seen.refusedAfter).toBeGreaterThan(0)
    await delay(1_000)
    await load.end()
  }, 240_000)

  it('promises 1 and 11: hangs: nothing is acknowledged, known keys continue, and everything is done later', async () => {
    const account = await service.account('enterprise')
    const { key } = await account.createKey()
    const load = await startLoad(service)
    await standby.hang()
    const until = performance.now() + LONG_MS
    const answers: number[] = []
    for (let n = 0; performance.now() < until; n += 1) {
      expect((await service.server.post('/verify', { key })).body.code).toBe('VALID')
      answers.push((await account.post('/api-keys', { name: `Late ${n}`, type: 'live' })).status)
    }
    expect(new Set(answers).difference(new Set([202, 503]))).toEqual(new Set())
    standby.goOn()
    await eventually(
      () => account.post('/api-keys', { name: 'Now', type: 'live' }),
      ({ status }) => status === 201,
    )
    await load.end()
    await eventually(
      () => runSql(service.databaseUrl, `select distinct status from command where kind = 'create-api-key'`),
      ([rows]) => JSON.stringify(rows) === '[{"status":"succeeded"}]',
      120_000,
    )
  }, 240_000)
})
