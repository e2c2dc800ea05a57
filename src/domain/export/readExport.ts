import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import type { Account } from '../accounts/Account.ts'
import { MemberSchema } from '../accounts/Member.ts'
import { MemberResource, presentMember } from '../accounts/presentMember.ts'
import { AlertRuleSchema } from '../alerts/AlertRule.ts'
import { worstStates } from '../alerts/alertStore.ts'
import { IncidentResource, readIncidents } from '../alerts/incidents.ts'
import { presentRule, RuleResource } from '../alerts/ruleFields.ts'
import { type AuditEntry, AuditEntrySchema } from '../audit/AuditEntry.ts'
import { type ApiKey, ApiKeySchema } from '../keys/ApiKey.ts'
import { lastUses } from '../keys/keyStore.ts'
import { KeyResource, presentKey } from '../keys/presentKey.ts'
import { type Channel, ChannelSchema } from '../notifications/Channel.ts'
import { ChannelResource, presentChannel } from '../notifications/presentChannel.ts'
import { readLimits } from '../plans/planStore.ts'
import { DAY_MS, DAYS_KEPT_MS } from '../time.ts'
import { shownCaller } from '../usage/callers.ts'
import { readSeries } from '../usage/series.ts'
import { SeriesRows } from '../usage/seriesRows.ts'

const PAGE = 500

/** One line of an export. The last one is `end`: without it, it is not the whole. */
export const ExportLine = z.discriminatedUnion('record', [
  z.object({ record: z.literal('account'), asOf: z.string() }).loose(),
  MemberResource.extend({ record: z.literal('member') }),
  KeyResource.extend({ record: z.literal('api-key'), importedAt: z.string().nullable() }),
  ChannelResource.extend({ record: z.literal('channel') }),
  RuleResource.extend({ record: z.literal('alert') }),
  IncidentResource.extend({ record: z.literal('incident') }),
  z.object({ record: z.literal('audit-entry'), id: z.string(), at: z.string(), action: z.string() }).loose(),
  SeriesRows.key.extend({ record: z.literal('usage-day') }),
  SeriesRows.endpoint.extend({ record: z.literal('usage-day-of-endpoint') }),
  z.object({ record: z.literal('caller-day'), keyId: z.string(), at: z.string(), ip: z.string() }).loose(),
  z.object({ record: z.literal('end'), records: z.int() }),
])

type Rows = AsyncGenerator<object[]>

/**
 * Everything an account has, in pages: itself, members, keys, channels, alert rules with their incidents, audit log,
 * and usage by day. Never a secret and never a digest or a password's hash. Each page is read when it is asked for,
 * in a statement of its own. `show`: a channel with where it leads to, for whoever can unseal that.
 */
export async function* readExport(
  em: SqlEntityManager,
  account: Account,
  now: Date,
  show: (channel: Channel) => object = presentChannel,
): Rows {
  let records = 0
  for await (const rows of readAll(em, account, now, show)) {
    records += rows.length
    yield rows
  }
  yield [{ record: 'end', records }]
}

async function* readAll(
  em: SqlEntityManager,
  account: Account,
  now: Date,
  show: (channel: Channel) => object,
): Rows {
  const { id, name, plan, createdAt } = account
  const facts = { id, name, plan, limits: await readLimits(em, account), createdAt: createdAt.toISOString() }
  yield [{ record: 'account', asOf: now.toISOString(), ...facts }]
  const members = await em.fork().find(MemberSchema, { accountId: id }, { orderBy: { createdAt: 'asc' } })
  yield members.map((member) => ({ record: 'member', ...presentMember(member) }))
  for await (const keys of readKeys(em, id)) {
    const ids = keys.map((key) => key.id)
    const uses = await lastUses(em, ids)
    yield keys.map((key) => ({
      record: 'api-key',
      ...presentKey(key, uses.get(key.id) ?? null, now),
      importedAt: key.importedAt?.toISOString() ?? null,
    }))
  }
  yield* readAlerts(em, id, show)
  yield* readAudit(em, id)
  const range = {
    from: Math.floor((now.getTime() - DAYS_KEPT_MS) / DAY_MS) * DAY_MS,
    to: Math.floor(now.getTime() / DAY_MS) * DAY_MS + DAY_MS,
  }
  const series = { accountId: id, interval: 'day', range } as const
  yield* named('usage-day', readSeries(em, series, 'key'))
  yield* named('usage-day-of-endpoint', readSeries(em, series, 'endpoint'))
  for await (const keys of readKeys(em, id)) {
    for (const keyId of await keysWithCallers(em, keys)) yield* readCallerDays(em, keyId)
  }
}

async function* named(record: string, pages: Rows): Rows {
  for await (const rows of pages) yield rows.map((row) => ({ record, ...row }))
}

async function* readKeys(em: SqlEntityManager, accountId: string): AsyncGenerator<ApiKey[]> {
  let last: ApiKey | undefined
  do {
    const { createdAt, id } = last ?? { createdAt: new Date(0), id: '' }
    const keys: ApiKey[] = await em.fork().find(
      ApiKeySchema,
      {
        accountId,
        status: { $ne: 'deleted' },
        $or: [{ createdAt: { $gt: createdAt } }, { createdAt, id: { $gt: id } }],
      },
      { orderBy: { createdAt: 'asc', id: 'asc' }, limit: PAGE },
    )
    yield keys
    last = keys.length === PAGE ? keys.at(-1) : undefined
  } while (last)
}

/** Channels and rules: an account has a few of them only. */
async function* readAlerts(
  em: SqlEntityManager,
  accountId: string,
  show: (channel: Channel) => object,
): Rows {
  const orderBy = { createdAt: 'asc', id: 'asc' } as const
  const channels = await em.fork().find(ChannelSchema, { accountId }, { orderBy })
  yield channels.map((channel) => ({ record: 'channel', ...show(channel) }))
  const rules = await em.fork().find(AlertRuleSchema, { accountId }, { orderBy })
  const states = await worstStates(
    em,
    rules.map((rule) => rule.id),
  )
  yield rules.map((rule) => ({ record: 'alert', ...presentRule(rule, states.get(rule.id) ?? 'ok') }))
  for (const rule of rules) {
    for (let before: string | undefined, isMore = true; isMore; ) {
      const page: IncidentResource[] = await readIncidents(em, accountId, rule.id, { limit: PAGE, before })
      yield page.map((incident) => ({ record: 'incident', ...incident }))
      isMore = page.length === PAGE
      before = page.at(-1)?.id
    }
  }
}

async function* readAudit(em: SqlEntityManager, accountId: string): Rows {
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const entries: AuditEntry[] = await em
      .fork()
      .find(AuditEntrySchema, { accountId, id: { $gt: after } }, { orderBy: { id: 'asc' }, limit: PAGE })
    yield entries.map(({ id, at, action, targetId, actor, details }) => ({
      record: 'audit-entry',
      id,
      at: at.toISOString(),
      action,
      targetId: targetId ?? null,
      actor,
      details,
    }))
    after = entries.length === PAGE ? entries.at(-1)?.id : undefined
  }
}

/** Most keys of a large account may never have been used. */
async function keysWithCallers(em: SqlEntityManager, keys: ApiKey[]): Promise<string[]> {
  const rows = await em.execute<{ id: string }[]>(
    `select id from jsonb_array_elements_text(?::jsonb) with ordinality as k (id, place)
     where exists (select from usage_ip where key_id = k.id) order by place`,
    [JSON.stringify(keys.map((key) => key.id))],
  )
  return rows.map((row) => row.id)
}

type CallerDay = { at: string; ip: string; requests: string; refused: string }

async function* readCallerDays(em: SqlEntityManager, keyId: string): Rows {
  for (let after: { at: Date; ip: string } | undefined = { at: new Date(0), ip: '0.0.0.0' }; after; ) {
    const rows: CallerDay[] = await em.execute(
      `select at, abbrev(ip) as ip, requests, refused from usage_ip
       where key_id = ? and (at, ip) > (?, ?::inet) order by at, usage_ip.ip limit ${PAGE}`,
      [keyId, after.at, after.ip],
    )
    if (rows.length > 0)
      yield rows.map(({ at, ip, requests, refused }) => ({
        record: 'caller-day',
        keyId,
        at: new Date(at).toISOString(),
        ip: shownCaller(ip),
        requests: Number(requests),
        refused: Number(refused),
      }))
    const last = rows.at(-1)
    after = last && rows.length === PAGE ? { at: new Date(last.at), ip: last.ip } : undefined
  }
}
