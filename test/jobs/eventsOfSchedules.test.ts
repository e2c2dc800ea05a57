import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { DAY_MS as DAY, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { type AlertAccount, startAlertWorker } from '../support/alertWorker.ts'
import { createCommands } from '../support/commandRows.ts'
import { recordedEvents } from '../support/eventRecord.ts'

/** A Monday, 12:00 UTC. */
const NOON = Date.UTC(2026, 10, 23, 12)

const { worker, sql, account, key, rule, use, evaluate } = await startAlertWorker(NOON)
const commands = createCommands(worker)
afterAll(() => worker.stop())
beforeEach(() => {
  worker.clock.now = new Date(NOON)
})

const iso = (time: number) => new Date(time).toISOString()

/** What the record has of an account, without what is the same in every event. */
const eventsOf = async ({ accountId }: AlertAccount) =>
  (await recordedEvents(worker, { accountId })).map(({ type, subject, time, accountid, data }) => {
    expect(accountid).toBe(accountId)
    return { type, subject, time, data }
  })

describe('promise 14: keys that expire', () => {
  const actor = { type: 'system', id: 'expiry' }
  const sweep = async (now: number) => {
    worker.clock.now = new Date(now)
    await Promise.all([0, 1].map(() => handlers['sweep-expired-keys'](worker.context, {})))
    await handlers['sweep-expired-keys'](worker.context, {})
  }
  const expiring = (keyId: string, at: number, expiresAt: number) => ({
    ...{ type: 'api_key.expiring', subject: keyId, time: iso(at) },
    data: {
      apiKey: expect.objectContaining({ id: keyId, status: 'active', expiresAt: iso(expiresAt) }),
      actor,
    },
  })
  const expired = (keyId: string, expiresAt: number) => ({
    ...{ type: 'api_key.expired', subject: keyId, time: iso(expiresAt) },
    data: {
      apiKey: expect.objectContaining({ id: keyId, status: 'expired', expiresAt: iso(expiresAt) }),
      actor,
    },
  })

  it('are announced once when seven days are left and once at the end, however often the job runs', async () => {
    const acme = await account()
    const end = NOON + 8 * DAY
    const keyId = await key(acme.accountId, { expiresAt: end })
    await sweep(end - 7 * DAY - 1)
    expect(await eventsOf(acme)).toEqual([])
    const first = end - 7 * DAY
    for (const now of [first, first + DAY, end - 1]) await sweep(now)
    expect(await eventsOf(acme)).toEqual([expiring(keyId, first, end)])
    for (const now of [end + 3 * MINUTE, end + DAY]) await sweep(now)
    expect(await eventsOf(acme)).toEqual([expiring(keyId, first, end), expired(keyId, end)])
  })

  it('are announced again for another expiry, and not at all once they are revoked', async () => {
    const acme = await account()
    const [end, later] = [NOON + 2 * DAY, NOON + 20 * DAY]
    const keyId = await key(acme.accountId, { expiresAt: end })
    const revoked = await key(acme.accountId, { expiresAt: end })
    await sql(`update api_key set status = 'revoked' where id = ?`, [revoked])
    for (const now of [NOON, end]) await sweep(now)
    await sql('update api_key set expires_at = ? where id = ?', [new Date(later), keyId])
    for (const now of [end + DAY, later - DAY, later]) await sweep(now)
    expect(await eventsOf(acme)).toEqual([
      expiring(keyId, NOON, end),
      expired(keyId, end),
      expiring(keyId, later - DAY, later),
      expired(keyId, later),
    ])
  })
})

describe('promise 14: incidents', () => {
  const actor = { type: 'system', id: 'alerts' }
  const facts = (id: string) => ({ id, name: 'A rule', metric: 'requests', severity: 'warning' })

  /** Evaluates as the schedule does, and looks for crossings as metering does: each several times. */
  async function look(acme: AlertAccount, at: number) {
    worker.clock.now = new Date(at)
    const { accountId } = acme
    // Of two at once the second may be told to come back later.
    const crossings = () => handlers['find-crossings'](worker.context, { accountId }).catch(() => {})
    await Promise.all([crossings(), ...[0, 1, 2].map(() => evaluate(acme, at)), crossings()])
    await evaluate(acme, at)
  }

  it('are announced once when they begin and once when they end, muted or not', async () => {
    for (const muted of [null, new Date(NOON + DAY)]) {
      const acme = await account()
      const alertId = await rule(acme, { threshold: 10, muted_until: muted })
      await use(acme, NOON + 30_000, 11)
      for (let minute = 1; minute < 9; minute++) await look(acme, NOON + minute * MINUTE)
      const [incident] = await sql('select id from incident where account_id = ?', [acme.accountId])
      const started = { id: incident?.id, alertId, startedAt: iso(NOON + MINUTE) }
      const ended = { ...started, resolvedAt: iso(NOON + 7 * MINUTE) }
      expect(await eventsOf(acme)).toEqual([
        {
          ...{ type: 'alert.firing', subject: incident?.id, time: started.startedAt },
          data: {
            alert: facts(alertId),
            incident: expect.objectContaining({ ...started, resolvedAt: null }),
            actor,
          },
        },
        {
          ...{ type: 'alert.resolved', subject: incident?.id, time: ended.resolvedAt },
          data: {
            alert: facts(alertId),
            incident: expect.objectContaining(ended),
            reason: 'recovered',
            actor,
          },
        },
      ])
    }
  })

  it('that an edit of their rule ends are announced with the reason and who did it, once', async () => {
    const acme = await account()
    const by = { type: 'operator', id: 'test' } as const
    const alertId = await rule(acme, { threshold: 10, window_minutes: 60 })
    await use(acme, NOON - MINUTE, 11)
    await look(acme, NOON)
    const payload = { alertId, changes: { threshold: 20 } }
    const commandId = await commands.submit('update-alert', acme.accountId, payload, { actor: by })
    for (let times = 0; times < 2; times++) await handlers['update-alert'](worker.context, { commandId })
    expect(await worker.em().findOneOrFail(CommandSchema, { id: commandId })).toMatchObject({
      status: 'succeeded',
    })
    for (const minute of [1, 2]) await look(acme, NOON + minute * MINUTE)
    const [firing, resolved, ...others] = await eventsOf(acme)
    expect([firing?.type, firing?.data.actor, others]).toEqual(['alert.firing', actor, []])
    expect(resolved).toMatchObject({
      ...{ type: 'alert.resolved', subject: firing?.subject, time: iso(NOON) },
      data: { alert: facts(alertId), reason: 'edited', actor: by },
    })
  })
})
