import { afterAll, describe, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import type { CommandKind } from '../../src/domain/commands/catalogue.ts'
import { newId } from '../../src/domain/ids.ts'
import { MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { type AlertAccount, startAlertWorker } from '../support/alertWorker.ts'

const NOON = Date.UTC(2026, 10, 23, 12)

const { worker, sql, account, rule, use, evaluate, told, types } = await startAlertWorker(NOON)
afterAll(() => worker.stop())

const FIRING = 'alert.firing'
const RESOLVED = 'alert.resolved'

async function run(kind: CommandKind, accountId: string, payload: object): Promise<void> {
  const id = newId('operation')
  const em = worker.em()
  const { now } = worker.clock
  em.persist(
    em.create(CommandSchema, {
      ...{ id, accountId, kind, payload, actor: { type: 'system', id: 'test' }, status: 'pending' },
      ...{ createdAt: now, sweepAt: now, sweeps: 0 },
    }),
  )
  await em.flush()
  await handlers[kind](worker.context, { commandId: id })
  expect(await worker.em().findOneOrFail(CommandSchema, { id })).toMatchObject({ status: 'succeeded' })
}

/** An account whose rule fires since noon, over the requests of an hour. */
async function firing(fields: Record<string, unknown> = {}) {
  const acme = await account()
  const alertId = await rule(acme, { threshold: 10, window_minutes: 60, ...fields })
  await use(acme, NOON - MINUTE, 11)
  await evaluate(acme, NOON)
  expect(await types(acme)).toEqual([FIRING])
  return { acme, alertId }
}

const reasons = async (acme: AlertAccount) =>
  (await told(acme)).flatMap(({ type, body }) => (type === RESOLVED ? [String(body.data.reason)] : []))

describe('promise 7: whoever received a crossing receives its end', () => {
  it.each<[string, CommandKind, object]>([
    ['edited', 'update-alert', { changes: { threshold: 20 } }],
    ['disabled', 'update-alert', { changes: { enabled: false } }],
    ['deleted', 'delete-alert', {}],
    ['muted', 'mute-alert', { until: new Date(NOON + 60 * MINUTE).toISOString() }],
  ])('a rule that is %s while it fires', async (reason, kind, more) => {
    const { acme, alertId } = await firing()
    await run(kind, acme.accountId, { alertId, ...more })
    const [first, end] = await told(acme)
    expect(end?.type).toBe(RESOLVED)
    const resolvedAt = reason === 'muted' ? null : worker.clock.now.toISOString()
    expect(end?.body.data).toEqual({
      ...first?.body.data,
      incident: { ...Object(first?.body.data.incident), resolvedAt },
      reason,
    })
    const queued = await worker.context.queues.byName.notifications.getJobs()
    const [row] = await sql(`select id from notification where account_id = ? and type = ?`, [
      acme.accountId,
      RESOLVED,
    ])
    expect(queued.map(({ data }) => data.notificationId)).toContain(row?.id)
  })

  it('a rule that ends by itself says that it recovered', async () => {
    const { acme } = await firing()
    for (const minute of [61, 62]) await evaluate(acme, NOON + minute * MINUTE)
    expect(await reasons(acme)).toEqual(['recovered'])
  })

  it('what still fires after a mute is sent again, and its end, too', async () => {
    const { acme, alertId } = await firing()
    await run('mute-alert', acme.accountId, { alertId, until: new Date(NOON + 5 * MINUTE).toISOString() })
    // A second mute has nothing to close.
    await run('mute-alert', acme.accountId, { alertId, until: new Date(NOON + 6 * MINUTE).toISOString() })
    expect(await types(acme)).toEqual([FIRING, RESOLVED])
    await evaluate(acme, NOON + 3 * MINUTE)
    expect(await types(acme)).toHaveLength(2)
    await evaluate(acme, NOON + 6 * MINUTE)
    for (const minute of [61, 62]) await evaluate(acme, NOON + minute * MINUTE)
    expect((await types(acme)).toSorted()).toEqual([FIRING, FIRING, RESOLVED, RESOLVED])
    expect((await reasons(acme)).toSorted()).toEqual(['muted', 'recovered'])
  })

  it('an incident that ends during a mute is closed once', async () => {
    const { acme, alertId } = await firing()
    await run('mute-alert', acme.accountId, { alertId, until: new Date(NOON + 300 * MINUTE).toISOString() })
    for (const minute of [61, 62]) await evaluate(acme, NOON + minute * MINUTE)
    expect(await reasons(acme)).toEqual(['muted'])
  })

  it('a channel that left the rule meanwhile receives the end; one that came does not', async () => {
    const { acme, alertId } = await firing()
    const other = `${acme.channelId}_b`
    await sql(
      `insert into channel (id, account_id, type, name, sealed_target, created_at, verified_at)
       values (?, ?, 'webhook', 'B', 'x', now(), now())`,
      [other, acme.accountId],
    )
    await run('update-alert', acme.accountId, { alertId, changes: { channelIds: [other] } })
    for (const minute of [61, 62]) await evaluate(acme, NOON + minute * MINUTE)
    const rows = await sql(`select type, channel_id from notification where account_id = ? order by type`, [
      acme.accountId,
    ])
    expect(rows.map((row) => [row.type, row.channel_id])).toEqual([
      [FIRING, acme.channelId],
      [RESOLVED, acme.channelId],
    ])
  })

  it('receivers that want no recoveries hear of none of these ends', async () => {
    const { acme, alertId } = await firing({ options: JSON.stringify({ notifyRecovery: false }) })
    await run('delete-alert', acme.accountId, { alertId })
    expect(await types(acme)).toEqual([FIRING])
  })

  it('an edit of the name leaves an incident as it is', async () => {
    const { acme, alertId } = await firing()
    await run('update-alert', acme.accountId, { alertId, changes: { name: 'Other' } })
    expect(await types(acme)).toEqual([FIRING])
  })
})
