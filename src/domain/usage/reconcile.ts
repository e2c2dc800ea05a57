import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { DAY_MS } from '../time.ts'
import { COLUMNS, SUM_COLUMNS, totalOfMap } from './bucketColumns.ts'
import { UNFOLDED } from './foldMinutes.ts'
import { canRebuild } from './rebuild.ts'

/** What must be the same in minutes, hours and days. Sums of fractions depend on their order, so they are left out. */
const COMPARED = SUM_COLUMNS.filter((column) => column.type === 'bigint').map(({ property, column }) => ({
  field: property === 'latencyCount' ? ('latencies' as const) : property,
  sql: `sum(${column})`,
}))
const FIELDS = [...COMPARED, { field: 'refused' as const, sql: `sum(${totalOfMap('refused')})` }]
type Sums = Record<(typeof FIELDS)[number]['field'], number>
type Accepted = { verifications: number; refused: number; events: number }

/** What each record of one account and UTC day says. `null` where a record is no longer kept. */
export type DayRecords = {
  accepted: Accepted
  minute: Sums | null
  hour: Sums | null
  day: Sums
  /** Admitted verifications by the regions' counters; null where no region has the day's counters any more. */
  counted: number | null
}

export type Difference = {
  check: 'hour' | 'day' | 'accepted' | 'counters'
  field: string
  expected: number
  found: number
  explanation: string
}

/**
 * Holds the records of one account and day against each other: hours and day against minutes, the day against what was
 * accepted, what was accepted against the regions' counters. Pure. `waiting`: metering jobs that are not done.
 */
export function differencesOf(records: DayRecords, waiting: number): Difference[] {
  const { accepted, minute, hour, day, counted } = records
  const differences: Difference[] = []
  const compare = (check: Difference['check'], field: string, values: [number, number], explain: string) => {
    const [expected, found] = values
    if (expected !== found) differences.push({ check, field, expected, found, explanation: explain })
  }
  for (const { field } of FIELDS) {
    const rebuild = 'It is not the sum of its minutes: `usage rebuild` computes hours and days again.'
    if (minute && hour) compare('hour', field, [minute[field], hour[field]], rebuild)
    if (minute ?? hour) compare('day', field, [(minute ?? hour)?.[field] ?? 0, day[field]], rebuild)
  }
  const unclaimed =
    'Buckets and claims were not written by the same transactions: somebody changed rows by hand, or restored a part.'
  compare('accepted', 'requests', [accepted.verifications + accepted.events, day.requests], unclaimed)
  compare('accepted', 'refused', [accepted.refused, day.refused], unclaimed)
  if (counted !== null) {
    const values: [number, number] = [counted, accepted.verifications]
    compare('counters', 'verifications', values, explainCounters(counted, accepted.verifications, waiting))
  }
  return differences
}

function explainCounters(counted: number, accepted: number, waiting: number): string {
  if (counted < accepted) {
    return 'A region lost its Redis’s last moments and counted on from less. Usage is whole; that day’s limits let more pass.'
  }
  if (waiting > 0)
    return `${waiting} metering jobs are waiting or running; what they carry is not in Postgres yet.`
  return 'Verifications were admitted whose metering jobs are gone. Look at the failed jobs of the queue metering.'
}

const sums = `jsonb_build_object(${FIELDS.map(({ field, sql }) => `'${field}', coalesce(${sql}, 0)`).join(', ')})`

/** What Postgres says of one account and UTC day (`2026-11-22`), in one statement at one instant. */
export async function readDayRecords(
  em: SqlEntityManager,
  accountId: string,
  day: string,
  now: Date,
): Promise<Omit<DayRecords, 'counted'>> {
  const from = new Date(`${day}T00:00:00Z`)
  const range = [accountId, from, new Date(from.getTime() + DAY_MS)]
  const rows = await em.execute<{ record: string; found: unknown }[]>(
    `select 'minute' as record, ${sums} as found from (
       select ${COLUMNS} from usage_minute where account_id = ? and at >= ? and at < ?
       union all select ${COLUMNS} from ${UNFOLDED} where f.account_id = ? and f.at >= ? and f.at < ?) as minutes
     union all select 'hour', ${sums} from usage_hour where account_id = ? and at >= ? and at < ?
     union all select 'day', ${sums} from usage_day where account_id = ? and at >= ? and at < ?
     union all select 'accepted',
       jsonb_build_object('verifications', verifications, 'refused', refused, 'events', events)
       from usage_accepted where account_id = ? and day = ?`,
    [...range, ...range, ...range, ...range, accountId, day],
  )
  const found = (record: string) => rows.find((row) => row.record === record)?.found
  const kept = canRebuild(day, now)
  return {
    accepted: (found('accepted') as Accepted | undefined) ?? { verifications: 0, refused: 0, events: 0 },
    minute: kept ? (found('minute') as Sums) : null,
    hour: kept ? (found('hour') as Sums) : null,
    day: found('day') as Sums,
  }
}

export type AccountDay = { accountId: string; day: string }

/** Accounts and UTC days with usage, from one day to another, both included. */
export function listAccountDays(
  em: SqlEntityManager,
  range: { from: string; to: string; accountId?: string },
): Promise<AccountDay[]> {
  const { from, to, accountId } = range
  return em.execute<AccountDay[]>(
    `select account_id as "accountId", day::text as day from usage_accepted
     where day >= ? and day <= ? and (?::text is null or account_id = ?) order by day, account_id`,
    [from, to, accountId ?? null, accountId ?? null],
  )
}

/** Past days that changed since they were last checked, the kept ones, oldest first. */
export function listUnchecked(em: SqlEntityManager, today: string): Promise<AccountDay[]> {
  return em.execute<AccountDay[]>(
    `select account_id as "accountId", day::text as day from usage_accepted
     where day < ? and (checked_at is null or checked_at < changed_at) order by day, account_id`,
    [today],
  )
}

/** Records the outcome of a check; `at` is from before it began, so that a change during it asks for another. */
export async function recordCheck(
  em: SqlEntityManager,
  { accountId, day }: AccountDay,
  differences: Difference[],
  at: Date,
): Promise<void> {
  await em.execute(
    'update usage_accepted set checked_at = ?, differences = ?::jsonb where account_id = ? and day = ?',
    [at, differences.length === 0 ? null : JSON.stringify(differences), accountId, day],
  )
}

/** How many account days differ, by the last check of each. */
export async function countDiffering(em: SqlEntityManager): Promise<number> {
  const [row] = await em.execute<{ n: string }[]>(
    'select count(*) as n from usage_accepted where differences is not null',
  )
  return Number(row?.n ?? 0)
}
