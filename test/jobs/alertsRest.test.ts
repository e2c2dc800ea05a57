import { afterAll, describe, expect, it } from 'vitest'
import { DAY_MS as DAY, HOUR_MS as HOUR, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { type AlertAccount, startAlertWorker } from '../support/alertWorker.ts'

/** A Monday, 12:00 UTC. */
const NOON = Date.UTC(2026, 10, 23, 12)

const { worker, sql, account, rule, use, evaluate, types } = await startAlertWorker(NOON)
afterAll(() => worker.stop())

const FIRING = 'alert.firing'
const RESOLVED = 'alert.resolved'

const suspend = ({ accountId }: AlertAccount, at: number) =>
  sql('update account set suspended_at = ? where id = ? returning 1', [new Date(at), accountId])
const resume = ({ accountId }: AlertAccount, at: number) =>
  sql(
    `update account set last_suspended_at = suspended_at, last_resumed_at = ?, suspended_at = null
     where id = ? returning 1`,
    [new Date(at), accountId],
  )
async function evaluateEach(acme: AlertAccount, from: number, to: number) {
  for (let at = from; at <= to; at += MINUTE) await evaluate(acme, at)
}
const stateOf = async (id: string) =>
  (await sql('select state from alert_state where rule_id = ?', [id]))[0]?.state

describe('alert rules of a suspended account', () => {
  it('are not listed, and a job that was enqueued before does nothing', async () => {
    const acme = await account()
    const id = await rule(acme, { threshold: 10 })
    await use(acme, NOON - MINUTE, 20)
    await suspend(acme, NOON - 30_000)
    await handlers['evaluate-alerts'](worker.context, {})
    const jobs = await worker.context.queues.byName.alerts.getJobs(['wait'])
    expect(jobs.filter(({ data }) => data.accountId === acme.accountId)).toEqual([])
    await evaluate(acme, NOON)
    expect([await types(acme), await stateOf(id)]).toEqual([[], undefined])
  })

  it('an incident stays open, and ends only by a whole window after the suspension', async () => {
    const acme = await account()
    const id = await rule(acme, { threshold: 10, window_minutes: 15 })
    await use(acme, NOON - MINUTE, 11)
    await evaluate(acme, NOON)
    await suspend(acme, NOON + MINUTE)
    await evaluateEach(acme, NOON + 2 * MINUTE, NOON + 30 * MINUTE)
    const resumed = NOON + 2 * HOUR
    await resume(acme, resumed)
    await evaluateEach(acme, resumed + MINUTE, resumed + 14 * MINUTE)
    expect([await types(acme), await stateOf(id)]).toEqual([[FIRING], 'firing'])
    await evaluateEach(acme, resumed + 15 * MINUTE, resumed + 17 * MINUTE)
    expect(await types(acme)).toEqual([FIRING, RESOLVED])
  })

  it('a crossing after the suspension is notified at once; earlier minutes are not evaluated later', async () => {
    const acme = await account()
    await rule(acme, { threshold: 10 })
    await evaluate(acme, NOON)
    await use(acme, NOON + MINUTE, 11)
    await suspend(acme, NOON + 90_000)
    const resumed = NOON + 20 * MINUTE
    await resume(acme, resumed)
    await evaluate(acme, resumed + MINUTE)
    expect(await types(acme)).toEqual([])
    await use(acme, resumed + 90_000, 11)
    await evaluate(acme, resumed + 2 * MINUTE)
    expect(await types(acme)).toEqual([FIRING])
  })

  it('`for` begins again', async () => {
    const acme = await account()
    const id = await rule(acme, { threshold: 10, window_minutes: 60, for_minutes: 10 })
    await use(acme, NOON - MINUTE, 20)
    await evaluate(acme, NOON)
    expect(await stateOf(id)).toBe('pending')
    await suspend(acme, NOON + MINUTE)
    await resume(acme, NOON + 30 * MINUTE)
    await evaluate(acme, NOON + 31 * MINUTE)
    expect(await stateOf(id)).toBe('pending')
    await evaluateEach(acme, NOON + 32 * MINUTE, NOON + 41 * MINUTE)
    expect(await types(acme)).toEqual([FIRING])
  })

  it('a key does not count as unused while nobody could use it, and one that was unused before still is', async () => {
    const acme = await account()
    await rule(acme, { metric: 'key_unused', threshold: 30 })
    await sql('update api_key set created_at = ? where id = ? returning 1', [
      new Date(NOON - 20 * DAY),
      acme.keyId,
    ])
    await suspend(acme, NOON)
    await resume(acme, NOON + 40 * DAY)
    await evaluate(acme, NOON + 40 * DAY + MINUTE)
    expect(await types(acme)).toEqual([])
    await evaluate(acme, NOON + 50 * DAY + MINUTE)
    expect(await types(acme)).toEqual([FIRING])
    await suspend(acme, NOON + 51 * DAY)
    await resume(acme, NOON + 60 * DAY)
    await evaluate(acme, NOON + 60 * DAY + MINUTE)
    expect(await types(acme)).toEqual([FIRING])
  })

  it('usual traffic after a long suspension is no spike', async () => {
    const acme = await account()
    await rule(acme, { metric: 'usage_spike', window_minutes: 60 })
    const resumed = NOON + 35 * DAY
    for (let hour = 1; hour < 60; hour++) await use(acme, NOON - hour * HOUR, 5)
    await suspend(acme, NOON)
    await resume(acme, resumed)
    await use(acme, resumed + 5 * MINUTE, 300)
    await evaluate(acme, resumed + 10 * MINUTE)
    expect(await types(acme)).toEqual([])
  })

  it('what was refused meanwhile does not make usual errors look unusual', async () => {
    const acme = await account()
    await rule(acme, { metric: 'unusual_errors', window_minutes: 15 })
    for (let hour = 30; hour < 60; hour++) {
      await use(acme, NOON - hour * HOUR, 30)
      await use(acme, NOON - hour * HOUR, 10, { status: 404 })
    }
    await sql(
      `insert into usage_hour (key_id, account_id, at, refused) values (?, ?, ?, '{"ACCOUNT_SUSPENDED": 100000}')
       returning 1`,
      [acme.keyId, acme.accountId, new Date(NOON - 20 * HOUR)],
    )
    await suspend(acme, NOON - 25 * HOUR)
    await resume(acme, NOON - HOUR)
    await use(acme, NOON - 5 * MINUTE, 60)
    await use(acme, NOON - 5 * MINUTE, 25, { status: 404 })
    await evaluate(acme, NOON)
    expect(await types(acme)).toEqual([])
  })
})
