import { afterAll, beforeAll, expect, it } from 'vitest'
import { Migration20261127070000_metering } from '../../migrations/Migration20261127070000_metering.ts'
import { DAY_MS as DAY } from '../../src/domain/time.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())

const scopedFrom = async () => {
  const [row] = await worker.em().execute<{ at: string }[]>('select scoped_from as at from event_id_rule')
  return new Date(row?.at ?? Number.NaN).getTime()
}

/** As `keys migrate` runs it, once more. */
async function migrateAgain() {
  const { orm } = worker.context
  for (const step of ['down', 'up'] as const) {
    const migration = new Migration20261127070000_metering(orm.em.getDriver(), orm.config)
    await migration[step]()
    for (const query of migration.getQueries()) await worker.em().execute(String(query))
  }
}

it('a new service scopes event ids at once, one that has reporters when the old release has had a day to end', async () => {
  expect(await scopedFrom()).toBe(0)
  await worker
    .em()
    .execute(
      `insert into service_token (id, name, digest, hint, created_at) values ('svc_1', 'render', 'digest', 'hint', now())`,
    )
  const started = Date.now()
  await migrateAgain()
  expect(await scopedFrom()).toBeGreaterThan(started + DAY / 2)
  expect(await scopedFrom()).toBeLessThan(started + 2 * DAY)
})
