import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSql } from '../setup/runSql.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { startLoad } from '../support/startLoad.ts'
import { type Service, startService } from '../support/startService.ts'

/** SEED repeats which sessions are ended. */
const seed = anySeed()
const TIMES = 30

let service: Service
beforeAll(async () => {
  service = await startService({ workers: 2 })
})
afterAll(() => service.stop())

it(`promises 1, 2 and 9: sessions of Postgres are ended under load, in the middle of transactions: nothing is lost or done twice (seed ${seed})`, async () => {
  const random = createRandom(seed)
  const sql = await openSql(service.databaseUrl)
  const load = await startLoad(service)
  let ended = 0
  for (let times = 0; times < TIMES; times += 1) {
    await delay(random.between(50, 500))
    const sessions = await sql.run(
      `select pid from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid() order by pid`,
    )
    const chosen = sessions.filter(() => random.chance(0.7)).map(({ pid }) => pid)
    await sql.run(`select pg_terminate_backend(pid) from unnest('{${chosen.join(',')}}'::int[]) pid`)
    ended += chosen.length
  }
  await sql.end()
  expect(ended).toBeGreaterThan(TIMES)
  await load.end()
}, 240_000)
