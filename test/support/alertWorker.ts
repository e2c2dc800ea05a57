import { toRow, type UsageEvent } from '../../src/domain/metering/usageEvent.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { startWorkerContext } from './workerContext.ts'

export type AlertAccount = { accountId: string; keyId: string; channelId: string }
type Use = { status?: number; latency?: number; ip?: string }

/**
 * A worker whose clock stands at `start`, with what alerts are made of: accounts, keys, rules, use, and what was
 * told.
 */
export async function startAlertWorker(start: number) {
  const worker = await startWorkerContext()
  worker.clock.now = new Date(start)

  const sql = (text: string, params: unknown[] = []) =>
    worker.em().execute<Record<string, unknown>[]>(text, params)

  let made = 0
  /** An account with a key and a webhook channel. */
  async function account(): Promise<AlertAccount> {
    made += 1
    const accountId = `acct_${made}`
    const channelId = `chan_${made}`
    await sql(`insert into account (id, name, plan, created_at) values (?, 'A', 'pro', ?)`, [
      accountId,
      new Date(start),
    ])
    await sql(
      `insert into channel (id, account_id, type, name, sealed_target, created_at, verified_at) values (?, ?, 'webhook', 'W', 'x', now(), now())`,
      [channelId, accountId],
    )
    return { accountId, keyId: await key(accountId), channelId }
  }

  async function key(accountId: string, fields: { createdAt?: number; expiresAt?: number } = {}) {
    made += 1
    const id = `key_${made}`
    await sql(
      `insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, created_at, created_by, expires_at)
     values (?, ?, ?, 'live', 'full', '[]', 'active', ?, 'abcd', ?, 'x', ?)`,
      [
        id,
        accountId,
        `Key ${made}`,
        id,
        new Date(fields.createdAt ?? start),
        fields.expiresAt ? new Date(fields.expiresAt) : null,
      ],
    )
    return id
  }

  async function rule(acme: AlertAccount, fields: Record<string, unknown>) {
    made += 1
    const row: Record<string, unknown> = {
      id: `alert_${made}`,
      account_id: acme.accountId,
      name: 'A rule',
      metric: 'requests',
      window_minutes: 5,
      severity: 'warning',
      channel_ids: JSON.stringify([acme.channelId]),
      created_at: new Date(start),
      ...fields,
    }
    const names = Object.keys(row)
    await sql(
      `insert into alert_rule (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`,
      Object.values(row),
    )
    return String(row.id)
  }

  let sent = 0
  /** Reports requests when they happen: reports of other times are refused. */
  async function use(
    { accountId, keyId }: Pick<AlertAccount, 'accountId' | 'keyId'>,
    at: number,
    times: number,
    how: Use = {},
  ) {
    const rows = Array.from({ length: times }, () => {
      sent += 1
      const { status = 200, latency = 10, ip = '192.0.2.1' } = how
      const event: UsageEvent = { id: `alerts-${sent}`, keyId, accountId, at, status, units: 1 }
      return toRow({ ...event, latencyMs: latency, ip, endpoint: '/a', method: 'GET' })
    })
    const { now } = worker.clock
    worker.clock.now = new Date(at)
    await handlers['roll-up-events'](worker.context, { events: rows })
    worker.clock.now = now
  }

  const evaluate = ({ accountId }: AlertAccount, at: number) =>
    handlers['evaluate-account'](worker.context, { accountId, at })

  const told = async ({ accountId }: AlertAccount) => {
    const rows = await sql(
      `select type, body from notification where account_id = ? order by created_at, body->'data'->'incident'->>'resolvedAt' nulls first, dedupe`,
      [accountId],
    )
    return rows as { type: string; body: { data: Record<string, never> } }[]
  }
  const types = async (acme: AlertAccount) => (await told(acme)).map(({ type }) => type)

  return { worker, sql, account, key, rule, use, evaluate, told, types }
}
