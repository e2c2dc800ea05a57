import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, it } from 'vitest'
import { type OwnPostgres, startOwnPostgres } from '../support/ownPostgres.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { startLoad } from '../support/startLoad.ts'
import { type Service, startService } from '../support/startService.ts'

/** SEED repeats when Postgres crashes, FAULT_CRASHES says how often. */
const seed = anySeed()
const CRASHES = Number(process.env.FAULT_CRASHES ?? 4)

let postgres: OwnPostgres
let service: Service
beforeAll(async () => {
  postgres = await startOwnPostgres()
  service = await startService({ database: postgres, workers: 2 })
})
afterAll(() => service.stop())

it(`promises 1, 2 and 9: Postgres crashes under load: no event is lost or counted twice, and each key is there once (seed ${seed})`, async () => {
  const random = createRandom(seed)
  const load = await startLoad(service)
  for (let crash = 0; crash < CRASHES; crash += 1) {
    await delay(random.between(1_000, 4_000))
    await postgres.crash()
  }
  await load.end()
}, 240_000)
