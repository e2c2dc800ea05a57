import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId } from '../../src/domain/ids.ts'
import { COUNT_ACTIVE, countActive } from '../../src/domain/keys/keyStore.ts'
import { createCommands } from '../support/commandRows.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())

type Plan = {
  'Node Type': string
  'Index Name'?: string
  'Actual Rows': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

it('counts the active keys of an account without reading the 100,000 that have ended', async () => {
  const accountId = await createCommands(worker).account()
  const em = worker.em()
  const { now } = worker.clock
  await em.execute(
    `insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, created_at, created_by,
       expires_at)
     select 'key_' || n, ?, 'K', case when n % 2 = 0 then 'live' else 'test' end, 'full', '[]',
       case when n <= 60000 then 'revoked' else 'active' end, 'digest ' || n, 'abcd', ?::timestamptz, 'test',
       case when n > 99990 then null when n > 99980 then ?::timestamptz + interval '1 day'
         else ?::timestamptz - interval '1 day' end
     from generate_series(1, 100000) n`,
    [accountId, now, now, now],
  )
  await em.execute('vacuum analyze api_key')
  expect(await countActive(worker.em(), accountId, 'live', now)).toBe(10)
  expect(await countActive(worker.em(), newId('account'), 'live', now)).toBe(0)

  const values = [accountId, 'live', accountId, 'live', now]
  const [row] = await em.execute<{ 'QUERY PLAN': [{ Plan: Plan }] }[]>(
    `explain (analyze, format json) ${COUNT_ACTIVE}`,
    values,
  )
  const scans = nodesOf(row?.['QUERY PLAN'][0].Plan as Plan).filter((node) =>
    node['Node Type'].includes('Scan'),
  )
  expect(scans.map((node) => node['Index Name'])).toContain('api_key_active')
  // Which index has the keys that expire later is the planner's affair: it reads these, of both types at the most.
  const read = scans.map((node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0))
  expect(Math.max(...read)).toBeLessThanOrEqual(10)
})
