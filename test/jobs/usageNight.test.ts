import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JobData } from '../../src/domain/jobs.ts'
import { toRow } from '../../src/domain/metering/usageEvent.ts'
import { DAY_MS as DAY, HOUR_MS as HOUR } from '../../src/domain/time.ts'
import { existingPartitions } from '../../src/domain/usage/partitions.ts'
import { canRebuild, listAccountsOf, rebuildDay } from '../../src/domain/usage/rebuild.ts'
import { readWindows } from '../../src/domain/usage/windows.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

const NOW = Date.UTC(2026, 10, 23, 0, 20)

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())
beforeEach(() => {
  worker.clock.now = new Date(NOW)
})

const maintain = () => handlers['maintain-partitions'](worker.context, {})
const fold = () => handlers['fold-minutes'](worker.context, {})
const close = () => handlers['close-usage-days'](worker.context, {})
const reconcile = (data: JobData<'reconcile-account'>) => handlers['reconcile-account'](worker.context, data)

let sent = 0
/** Each key's first letters name its account: what one test drops is none of another's. */
const accountOf = (keyId: string) => `acct_${keyId.slice(4)}`
function events(keyId: string, ...times: number[]) {
  const rows = times.map((at) => {
    sent += 1
    const ip = `10.0.0.${sent % 3}`
    return toRow({
      id: `night-${sent}`,
      keyId,
      accountId: accountOf(keyId),
      at,
      status: sent % 5 === 0 ? 500 : 200,
      latencyMs: sent % 40,
      units: 1,
      ip,
      endpoint: '/a',
      method: 'GET',
    })
  })
  return handlers['roll-up-events'](worker.context, { events: rows })
}
const windowsOf = async (keyId: string, now = NOW) =>
  (await readWindows(worker.em(), [keyId], new Date(now))).get(keyId)
const rows = (sql: string) => worker.em().execute<Record<string, unknown>[]>(sql)

describe('partitions', () => {
  it('take over what the default partitions hold, and no number changes', async () => {
    await events('key_p', NOW - 60_000, NOW - 3 * HOUR, NOW - 30 * HOUR, NOW - 20 * DAY, NOW - 34 * DAY)
    const before = await windowsOf('key_p')
    expect(before?.['30d'].requests).toBe(4)
    await Promise.allSettled([maintain(), maintain()])
    await maintain()
    expect(await windowsOf('key_p')).toEqual(before)
    expect(await rows('select count(*)::int as n from usage_hour_rest')).toEqual([{ n: 0 }])
    expect(await existingPartitions(worker.em())).toContain('usage_day_20261101')
    await events('key_p', NOW - 60_000, NOW - 20 * DAY)
    expect((await windowsOf('key_p'))?.['30d'].requests).toBe(6)
    expect(await rows('select count(*)::int as n from usage_hour_rest')).toEqual([{ n: 0 }])
  })

  it('leave room beside the rows that every transaction changes', async () => {
    const full = `select relname from pg_class where relkind = 'r' and relname ~ '^usage_(minute|hour|day|ip)_'
      and not coalesce(reloptions, '{}') @> '{fillfactor=50}'`
    await maintain()
    expect(await rows(full)).toEqual([])
  })

  it('are dropped when their time is over, minutes not before they are folded', async () => {
    const before = await windowsOf('key_p')
    worker.clock.now = new Date(NOW + 3 * DAY)
    await maintain()
    expect(await existingPartitions(worker.em())).toContain('usage_minute_20261121')
    await Promise.all([fold(), fold()])
    await maintain()
    await maintain()
    const present = await existingPartitions(worker.em())
    expect(present.filter((name) => name.startsWith('usage_minute_2026112'))).not.toContain(
      'usage_minute_20261121',
    )
    expect(present).toContain('usage_minute_20261126')
    expect(await windowsOf('key_p')).toEqual(before)

    worker.clock.now = new Date(NOW + 60 * DAY)
    await fold()
    await maintain()
    expect(
      (await existingPartitions(worker.em())).filter((name) => /hour_2026(09|10|11)/.test(name)),
    ).toEqual([])
    expect(await rows('select sum(requests)::int as n from usage_day')).toEqual([{ n: 7 }])
  })
})

describe('folded minutes', () => {
  it('count in every window as before, to the minute, with late ones after them', async () => {
    const edge = NOW - 7 * DAY
    await events('key_f', edge, edge - 60_000, edge + 60_000, edge - 30 * 60_000, NOW - 3 * DAY)
    const before = await windowsOf('key_f')
    expect(before?.['7d'].requests).toBe(3)
    await fold()
    expect(await windowsOf('key_f')).toEqual(before)
    await events('key_f', edge, edge - 60_000)
    expect((await windowsOf('key_f'))?.['7d'].requests).toBe(4)
    await Promise.all([fold(), fold(), events('key_f', edge + 1)])
    await fold()
    const after = await windowsOf('key_f')
    expect([after?.['7d'].requests, after?.['30d'].requests]).toEqual([5, 8])
    expect((await windowsOf('key_f', NOW + 60_000))?.['7d'].requests).toBe(2)
    expect(
      await rows(`select 1 from usage_minute where key_id = 'key_f' and at < now() - interval '3 days'`),
    ).toEqual([])
  })
})

describe('reconciliation', () => {
  const yesterday = '2026-11-22'
  const noon = Date.parse(`${yesterday}T12:00:00Z`)
  const checked = async () =>
    (
      await rows(
        `select differences from usage_accepted where account_id = 'acct_r' and day = '${yesterday}' and checked_at is not null`,
      )
    )[0]

  it('is clean after folding, maintenance and late events', async () => {
    await events('key_r', noon, noon + 1, noon + HOUR, noon + 2 * HOUR)
    await fold()
    await reconcile({ accountId: 'acct_r', day: yesterday })
    expect(await checked()).toEqual({ differences: null })
  })

  it('finds hours and days that are not the sum of their minutes; rebuild makes them so', async () => {
    const before = await windowsOf('key_r')
    await rows(`update usage_hour set requests = requests + 1 where key_id = 'key_r'`)
    await rows(`delete from usage_day where key_id = 'key_r'`)
    await reconcile({ accountId: 'acct_r', day: yesterday })
    const found = (await checked())?.differences as { check: string; field: string }[]
    expect(found.map(({ check, field }) => `${check} ${field}`)).toEqual(
      expect.arrayContaining(['hour requests', 'day requests', 'day latencies', 'accepted requests']),
    )
    await worker.em().transactional((em) => rebuildDay(em, yesterday, 'acct_other'))
    expect(await windowsOf('key_r')).not.toEqual(before)
    const written = await worker.em().transactional((em) => rebuildDay(em, yesterday, 'acct_r'))
    expect(written.hours).toBeGreaterThanOrEqual(3)
    expect(await windowsOf('key_r')).toEqual(before)
    await reconcile({ accountId: 'acct_r', day: yesterday })
    expect(await checked()).toEqual({ differences: null })
  })

  it('rebuilds while usage is being counted, and loses none of it', async () => {
    const many = Array.from({ length: 20 }, (_, index) => noon + index * 1_000)
    const before = (await windowsOf('key_r'))?.['24h'].requests ?? 0
    await Promise.all([
      ...many.map((at) => events('key_r', at)),
      ...[1, 2, 3].map(() => worker.em().transactional((em) => rebuildDay(em, yesterday, 'acct_r'))),
    ])
    expect((await windowsOf('key_r'))?.['24h'].requests).toBe(before + 20)
    await reconcile({ accountId: 'acct_r', day: yesterday })
    expect(await checked()).toEqual({ differences: null })
  })

  it('is done for every account that has a record of the day, whichever it is', async () => {
    const tables = ['minute', 'folded', 'hour', 'day']
    for (const table of tables) {
      const extra = table === 'folded' ? ['minutes', "'[]'"] : ['requests', '1']
      await rows(`insert into usage_${table} (key_id, account_id, at, ${extra[0]})
        values ('key_${table}', 'acct_${table}', '${yesterday}T12:00:00Z', ${extra[1]})`)
    }
    const accounts = tables.map((table) => `acct_${table}`)
    expect(await listAccountsOf(worker.em(), yesterday)).toEqual(expect.arrayContaining(accounts))
    expect(await listAccountsOf(worker.em(), '2026-11-20')).not.toContain('acct_minute')
    for (const account of accounts)
      await worker.em().transactional((em) => rebuildDay(em, yesterday, account))
    expect(await rows(`select key_id from usage_day where account_id in ('acct_hour', 'acct_day')`)).toEqual(
      [],
    )
    expect(await rows(`select key_id from usage_hour where account_id = 'acct_minute'`)).toHaveLength(1)
  })

  it('is not possible for a day of which minutes are gone', () => {
    expect(canRebuild('2026-11-22', new Date(NOW))).toBe(true)
    expect(canRebuild('2026-10-19', new Date(NOW))).toBe(false)
    expect(canRebuild('2026-11-24', new Date(NOW))).toBe(false)
  })

  it('holds what was accepted against the regions’ counters, and says what a difference means', async () => {
    await rows(`insert into account (id, name, plan, created_at) values ('acct_c', 'c', 'pro', now())`)
    await rows(`insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, created_at, created_by)
      values ('key_c', 'acct_c', 'c', 'live', 'full', '[]', 'active', 'd', 'hint', now(), 'x')`)
    const at = noon
    const batch = (codes: number[], batchId: string): JobData<'roll-up-verifications'> => ({
      batchId,
      region: 'primary',
      at,
      keys: ['key_c'],
      accounts: ['acct_c'],
      contexts: [['10.1.1.1', '/x', 'GET']],
      groups: [[1, 0, 0, ...codes.flatMap((code) => [code, 1, 0])]],
      results: codes.map((code) => `${code},1,1,1`).join(','),
    })
    await handlers['roll-up-verifications'](worker.context, batch([0, 0, 2, 20, 1], crypto.randomUUID()))
    const day = { accountId: 'acct_c', day: yesterday }
    const differences = async () =>
      (await rows(`select differences from usage_accepted where account_id = 'acct_c'`))[0]?.differences
    const counter = (count: number) =>
      worker.region.redis.hset(`keys:requests:day:${yesterday}`, { key_c: count, '-': '-' })

    await counter(2)
    await reconcile(day)
    expect(await differences()).toBeNull()
    await counter(3)
    await reconcile(day)
    expect(await differences()).toEqual([
      expect.objectContaining({
        check: 'counters',
        expected: 3,
        found: 2,
        explanation: expect.stringContaining('failed jobs'),
      }),
    ])
    await counter(1)
    await reconcile(day)
    expect(await differences()).toEqual([
      expect.objectContaining({ explanation: expect.stringContaining('lost its Redis’s last moments') }),
    ])
    // While metering jobs wait, a difference is looked at again, not recorded.
    await counter(3)
    await worker.context.queues.add('roll-up-events', { events: [] })
    await expect(reconcile(day)).rejects.toThrow('metering jobs are not done yet')
    await worker.context.queues.byName.metering.drain()
  })

  it('is asked for every past day that changed since its last check, by one job each', async () => {
    const waiting = async () => {
      const jobs = await worker.context.queues.byName.maintenance.getJobs(['wait'])
      return jobs
        .filter(({ name }) => name === 'reconcile-account')
        .map(({ data }) => `${data.accountId} ${data.day}`)
    }
    await Promise.all([close(), close()])
    const first = await waiting()
    expect(new Set(first).size).toBe(first.length)
    expect(first.some((one) => one.endsWith('2026-11-23'))).toBe(false)
    for (const one of first) {
      const [accountId = '', day = ''] = one.split(' ')
      worker.clock.now = new Date(NOW + 120_000)
      await reconcile({ accountId, day }).catch(() => {})
    }
    await worker.context.queues.byName.maintenance.obliterate({ force: true })
    await close()
    expect(await waiting()).toEqual([])
    worker.clock.now = new Date(NOW + 240_000)
    await events('key_r', noon)
    await close()
    expect(await waiting()).toEqual([`acct_r ${yesterday}`])
  })
})

it('callers’ addresses are kept per key and day, with first and last use', async () => {
  const day = Date.parse('2026-11-22T00:00:00Z')
  await events('key_i', day + 3, day + 6, day + 9, day + DAY)
  const found = await rows(
    `select ip::text, requests::int, first_seen_at, last_seen_at from usage_ip where key_id = 'key_i' order by at, ip`,
  )
  expect(found.reduce((sum, row) => sum + Number(row.requests), 0)).toBe(4)
  expect(found[0]).toMatchObject({ first_seen_at: expect.anything() })
})

it('the end of an expired key is written into the audit log once, and again when it was put off', async () => {
  await rows(`insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, created_at, created_by, expires_at)
    values ('key_e1', 'acct_c', 'One', 'live', 'full', '[]', 'active', 'd1', 'hint', now(), 'x', '2026-11-22T10:00:00Z'),
      ('key_e2', 'acct_c', 'Two', 'live', 'full', '[]', 'active', 'd2', 'hint', now(), 'x', '2026-11-24T10:00:00Z'),
      ('key_e3', 'acct_c', 'Three', 'live', 'full', '[]', 'revoked', 'd3', 'hint', now(), 'x', '2026-11-22T10:00:00Z')`)
  const sweep = () => handlers['sweep-expired-keys'](worker.context, {})
  const noted = () => rows(`select target_id from audit_entry where action = 'api-key.expired' order by id`)
  await Promise.all([sweep(), sweep()])
  await sweep()
  expect(await noted()).toEqual([{ target_id: 'key_e1' }])
  await rows(`update api_key set expires_at = '2026-11-24T10:00:00Z' where id = 'key_e1'`)
  worker.clock.now = new Date('2026-11-24T10:00:00Z')
  await sweep()
  expect((await noted()).map((row) => row.target_id).sort()).toEqual(['key_e1', 'key_e1', 'key_e2'])
})
