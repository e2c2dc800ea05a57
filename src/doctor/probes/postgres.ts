import { pgArray } from '../../domain/sql.ts'
import { factsOf } from '../../platform/errorFacts.ts'
import { type Em, openPostgres, type PostgresOptions } from '../../platform/postgres.ts'
import { readSchemaState } from '../../platform/schemaState.ts'
import { sqlStateOf } from '../../platform/sqlState.ts'
import type { Vault } from '../../platform/vault.ts'
import { within } from '../../platform/within.ts'
import type { PostgresFacts, Probed } from '../Facts.ts'
import { compareClock, isOfTls, isPrivateHost, PROBE_MS, passwordOf, probe, reasonOf } from './probe.ts'
import { firstBytes } from './socket.ts'
import { readStored } from './stored.ts'

/** Any time-out that nobody would set: what comes back shows whether it has arrived. */
const ASKED_MS = 54_321

const SETTINGS = [
  ...['fsync', 'full_page_writes', 'synchronous_commit', 'synchronous_standby_names'],
  ...['server_encoding', 'server_version_num'],
  ...['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout'],
  ...['idle_session_timeout', 'default_transaction_isolation', 'default_transaction_read_only'],
  ...['max_connections', 'superuser_reserved_connections', 'reserved_connections', 'data_directory'],
]

/** The protocol's SSLRequest: every server answers it with one byte, before anybody signs in. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** Asks Postgres, as `bin/keys` and then as the pools of a process connect to it. Changes nothing. */
export function probePostgres(databaseUrl: string, vault: Vault | undefined): Promise<Probed<PostgresFacts>> {
  const { hostname, port, searchParams } = new URL(databaseUrl)
  const secret = passwordOf(databaseUrl)
  const ask = async () => {
    if (hostname !== '' && !hostname.startsWith('%2F') && !searchParams.has('host'))
      await requirePostgres(hostname.replace(/^\[|\]$/g, ''), Number(port || 5432))
    const plain = await withPostgres(databaseUrl, {}, (em) => readFacts(em, vault))
    const pools = await askAsPools(databaseUrl, secret)
    const isPrivate = hostname === '' || (await isPrivateHost(hostname).catch(() => true))
    return { ...plain, ...pools, wire: { encrypted: plain.wire.encrypted, private: isPrivate } }
  }
  return probe(ask, { kindOf, secret })
}

async function requirePostgres(host: string, port: number): Promise<void> {
  const [answer] = await firstBytes(host, port, SSL_REQUEST)
  if (answer !== 0x53 && answer !== 0x4e) throw new Error('What answers there is not Postgres.')
}

/** The driver says of a server without TLS that it does not support SSL. */
function kindOf(error: unknown) {
  const state = sqlStateOf(error) ?? ''
  if (/no encryption|SSL/.test(String(factsOf(error).message)) || isOfTls(error)) return 'tls'
  if (/^(28|3D000)/.test(state)) return 'login'
  return state === '' || /^57P0/.test(state) ? 'away' : 'refused'
}

export async function withPostgres<Value>(
  databaseUrl: string,
  options: PostgresOptions,
  task: (em: Em) => Promise<Value>,
): Promise<Value> {
  const orm = await openPostgres(databaseUrl, { poolMax: 1, connectMs: PROBE_MS - 500, ...options })
  try {
    return await orm.em.fork().transactional(task)
  } finally {
    // Where Postgres hangs, its connection cannot be closed in good order.
    await within(500, orm.close()).catch(() => {})
  }
}

/** Whether a connection gets the time-outs that the pools ask for. A pooler may refuse them, or drop them. */
async function askAsPools(
  databaseUrl: string,
  secret: string,
): Promise<Pick<PostgresFacts, 'poolsRefused' | 'poolsTimeout'>> {
  try {
    const rows = await withPostgres(databaseUrl, { statementMs: ASKED_MS, lockMs: ASKED_MS }, (em) =>
      em.execute<{ setting: string }[]>(`select setting from pg_settings where name = 'statement_timeout'`),
    )
    return { poolsTimeout: { asked: ASKED_MS, got: Number(rows[0]?.setting) } }
  } catch (error) {
    return { poolsRefused: reasonOf(error, secret) }
  }
}

type Row = {
  encrypted: boolean | null
  standby: boolean
  role_connections: number
  database_connections: number
  other_connections: number
  may_create: boolean
  foreign_tables: string[]
  invalid_indexes: string[]
}

const FACTS = `select
  (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as encrypted,
  pg_is_in_recovery() as standby,
  (select rolconnlimit from pg_roles where rolname = current_user) as role_connections,
  (select datconnlimit from pg_database where datname = current_database()) as database_connections,
  (select count(*)::int from pg_stat_activity
   where datid is not null and (datname <> current_database() or usename <> current_user)) as other_connections,
  coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) as may_create,
  array(select c.relname::text from pg_class c
    where c.relnamespace = to_regnamespace(current_schema()) and c.relkind in ('r', 'p')
    and not pg_has_role(c.relowner, 'USAGE') order by 1 limit 5) as foreign_tables,
  array(select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relnamespace = to_regnamespace(current_schema()) and not i.indisvalid
    and not exists (select from pg_stat_progress_create_index p where p.index_relid = c.oid)
    order by 1 limit 5) as invalid_indexes`

async function readFacts(em: Em, vault: Vault | undefined): Promise<PostgresFacts> {
  const rows = await em.execute<{ name: string; setting: string }[]>(
    'select name, setting from pg_settings where name = any(?::text[])',
    [pgArray(SETTINGS)],
  )
  const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
  // Only for what follows here: behind a pooler, a setting of the session would stay for the next one.
  await em.execute(`set local statement_timeout = ${PROBE_MS - 500}`)
  const clock = await compareClock(async () => {
    const [row] = await em.execute<{ ms: number | string }[]>(
      'select extract(epoch from clock_timestamp()) * 1000 as ms',
    )
    return Number(row?.ms)
  })
  const [row] = await em.execute<Row[]>(FACTS)
  if (!row) throw new Error('Postgres returned no facts.')
  // Another role's tables may not be read.
  const schema = row.foreign_tables.length === 0 ? await readSchemaState(em) : undefined
  return {
    clock,
    settings,
    schema,
    version: Number(settings.server_version_num),
    wire: { encrypted: row.encrypted === true, private: true },
    isStandby: row.standby,
    roleConnections: row.role_connections,
    databaseConnections: row.database_connections,
    otherConnections: row.other_connections,
    mayCreate: row.may_create,
    foreignTables: row.foreign_tables,
    invalidIndexes: row.invalid_indexes,
    // Older and newer schemas may have other columns; the finding about that comes first.
    stored:
      schema && schema.pending.length + schema.unknown.length === 0 ? await readStored(em, vault) : undefined,
  }
}
