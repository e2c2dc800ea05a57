import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toBase62 } from '../../src/domain/base62.ts'
import type { JobData } from '../../src/domain/jobs.ts'
import { claimIdOf } from '../../src/domain/metering/claimId.ts'
import { claimIds } from '../../src/domain/metering/claims.ts'
import { EventIdRule, scopedId } from '../../src/domain/metering/eventIds.ts'
import { newRequestId } from '../../src/domain/metering/requestId.ts'
import { DAY_MS as DAY } from '../../src/domain/time.ts'
import { readWindows } from '../../src/domain/usage/windows.ts'
import { Rollup } from '../../src/workers/metering/Rollup.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())

type Row = JobData<'roll-up-events'>['events'][number]
const row = (id: string, keyId: string, completes: string | null = null, at = Date.now()): Row => [
  id,
  keyId,
  'acct_1',
  at,
  500,
  null,
  1,
  completes,
  null,
  null,
  null,
]
const rollup = (hooks = {}) => new Rollup(worker.context.orm, () => worker.clock.now, hooks)
const add = (events: Row[], to = rollup()) => to.add({ name: 'roll-up-events', data: { events } })
const used = async (keyId: string) =>
  (await readWindows(worker.em(), [keyId], new Date())).get(keyId)?.['24h'] ?? {
    requests: 0,
    serverErrors: 0,
  }
const scopedFrom = (at: Date) => worker.em().execute('update event_id_rule set scoped_from = ?', [at])

describe('ids across the upgrade', () => {
  it('an id that the former release has counted counts no more, by any reporter, for 36 days', async () => {
    await scopedFrom(new Date(Date.now() - 35 * DAY))
    await worker.em().transactional((em) => claimIds(em, [claimIdOf('17')]))
    await add([row(scopedId('render', '17'), 'key_u'), row(scopedId('render', '18'), 'key_u')])
    await add([row(scopedId('search', '17'), 'key_u'), row(scopedId('search', '18'), 'key_u')])
    expect(await used('key_u')).toMatchObject({ requests: 2 })
    await scopedFrom(new Date(Date.now() - 37 * DAY))
    await add([row(scopedId('later', '17'), 'key_u')])
    expect(await used('key_u')).toMatchObject({ requests: 3 })
  })

  it('a source and id of the former release count no more either', async () => {
    await scopedFrom(new Date(Date.now() - DAY))
    await add([row('/render\0a', 'key_s')])
    await add([row(scopedId('render', '/render\0a'), 'key_s'), row(scopedId('render', 'a'), 'key_s')])
    expect(await used('key_s')).toMatchObject({ requests: 2 })
  })

  it('while the former release may run, everybody names an event as it does', async () => {
    await scopedFrom(new Date(Date.now() + DAY))
    const rule = new EventIdRule()
    await rule.load(worker.em())
    expect(rule.isScoped(Date.now())).toBe(false)
    expect(rule.isScoped(Date.now() + DAY)).toBe(true)
    expect(rule.remembersFormer(Date.now() + 36 * DAY)).toBe(true)
    expect(rule.remembersFormer(Date.now() + 38 * DAY)).toBe(false)
  })
})

it('a report whose id is its request’s, as the library sends, claims that request once, whoever was first', async () => {
  const now = Date.now()
  const [one, other, third] = [0, 1, 2].map(() => newRequestId(now, true)) as [string, string, string]
  await add([row(one, 'key_l', one, now), row(one, 'key_l', one, now), row('http', 'key_l', one, now)])
  await add([row(one, 'key_l', one, now)])
  await add([row('http-first', 'key_l', other, now)])
  await add([row(other, 'key_l', other, now)])
  // As the former release has claimed it.
  await worker.em().transactional((em) => claimIds(em, [third, `completes ${third}`].map(claimIdOf)))
  await add([row(third, 'key_l', third, now)])
  expect(await used('key_l')).toMatchObject({ serverErrors: 2 })
  const claims = await worker
    .em()
    .execute<{ n: string }[]>(`select count(*) as n from usage_claim where id = any(?::uuid[])`, [
      `{${claimIdOf(one)},${claimIdOf(`completes ${one}`)}}`,
    ])
  expect(Number(claims[0]?.n)).toBe(1)
})

it('a stored report of a time that no request can have is left out, and that is said', async () => {
  const dropped: number[] = []
  const own = rollup({ onImpossible: (events: number) => dropped.push(events) })
  const far = Date.UTC(8888, 11, 2)
  const requestId = `req_${toBase62(far, 8)}0000000000000A`
  await add([row(randomUUID(), 'key_t', requestId, far), row(randomUUID(), 'key_t')], own)
  expect(dropped).toEqual([1])
  expect(await used('key_t')).toMatchObject({ requests: 1 })
  const [last] = await worker
    .em()
    .execute<{ year: string }[]>(
      `select extract(year from max(last_used_at)) as year from api_key_use where key_id = 'key_t'`,
    )
  expect(Number(last?.year)).toBeLessThan(2100)
  // What was acknowledged and then waited for long is counted.
  worker.clock.now = new Date(Date.now() + 60 * DAY)
  await add([row(randomUUID(), 'key_t')])
  worker.clock.now = new Date()
  expect(await used('key_t')).toMatchObject({ requests: 2 })
})
