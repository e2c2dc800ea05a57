import { isTooOld } from '../../platform/schemaState.ts'
import { type Check, type Found, found } from '../Check.ts'
import type { Facts, PostgresFacts, ProbeFailure } from '../Facts.ts'
import { POSTGRES_MAJOR } from './requirements.ts'

type PostgresCheck = Omit<Check, 'area' | 'severity' | 'look'> & Partial<Pick<Check, 'severity'>>

/** A check of what Postgres says of itself. */
const check = (
  about: PostgresCheck,
  look: (postgres: PostgresFacts, facts: Facts) => Found[] | undefined,
): Check => ({
  severity: 'error',
  ...about,
  area: 'Postgres',
  look: (facts) => (facts.postgres?.ok ? look(facts.postgres.value, facts) : undefined),
})

/** A check of why Postgres could not be asked. */
const failure = (kind: ProbeFailure['kind'], about: PostgresCheck, expected: string): Check => ({
  severity: 'error',
  ...about,
  area: 'Postgres',
  look: ({ postgres }) =>
    postgres &&
    (postgres.ok || postgres.failure.kind !== kind ? [] : [{ found: postgres.failure.reason, expected }]),
})

/** A setting of Postgres that must have a value. */
const setting = (name: string, value: string, about: PostgresCheck): Check =>
  check(about, ({ settings }) =>
    found(settings[name] !== undefined && settings[name] !== value, {
      found: `${name} is ${settings[name]}`,
      expected: value,
    }),
  )

/** Time-outs below a length, in ms; 0 is none. `pg_settings` has them in ms. */
const shorterThan = (leastMs: number, names: string[], about: PostgresCheck): Check =>
  check(about, ({ settings }) =>
    names.flatMap((name) => {
      const ms = Number(settings[name] ?? 0)
      return found(ms > 0 && ms < leastMs, {
        subject: name,
        found: `${ms / 1_000} s`,
        expected: `0, or at least ${leastMs / 1_000} s`,
      })
    }),
  )

const majorOf = (version: number) => Math.floor(version / 10_000)

/** What `bin/keys` and probes need beside the pools. */
const SPARE = 2

function connections(postgres: PostgresFacts, { processes, env }: Facts): Found[] {
  const each = env.DATABASE_CONNECTIONS ?? 20
  const needed = (processes.apis + processes.workers) * each + SPARE
  const { settings, roleConnections, databaseConnections, otherConnections } = postgres
  const reserved =
    Number(settings.superuser_reserved_connections ?? 0) + Number(settings.reserved_connections ?? 0)
  const limits = [
    { name: 'max_connections', room: Number(settings.max_connections) - reserved - otherConnections },
    { name: 'the limit of the role', room: roleConnections },
    { name: 'the limit of the database', room: databaseConnections },
  ]
  return limits.flatMap(({ name, room }) =>
    found(room >= 0 && room < needed, {
      subject: name,
      found: `${room} connections for ${needed}: ${processes.apis} api, ${processes.workers} worker, ${each} each`,
      expected: `at least ${needed}`,
    }),
  )
}

export const postgresChecks: Check[] = [
  failure(
    'away',
    {
      id: 'postgres-unreachable',
      why: 'Postgres cannot be reached, does not answer within 5 s, or is only starting.',
      fix: 'Check the host and port of `DATABASE_URL`, the firewall, and whether Postgres runs.',
    },
    'an answer within 5 s',
  ),
  failure(
    'login',
    {
      id: 'postgres-login',
      why: 'Postgres refuses the user, the password or the database of `DATABASE_URL`.',
      fix: 'Check all three, and `pg_hba.conf`. Characters such as `@` and `/` in a password are percent-encoded.',
    },
    'a login',
  ),
  failure(
    'tls',
    {
      id: 'postgres-tls',
      why: 'Postgres and `DATABASE_URL` do not agree on TLS, or its certificate is not valid for the host.',
      fix: 'Use `?sslmode=verify-full`, and `&sslrootcert=…` for a CA of your own.',
    },
    'TLS with a valid certificate, or none on both sides',
  ),
  failure(
    'refused',
    {
      id: 'postgres-refuses',
      why: 'Postgres answers with another error, such as too many connections.',
      fix: 'Do what the error says.',
    },
    'an answer without an error',
  ),
  {
    id: 'postgres-plain',
    area: 'Postgres',
    severity: 'warning',
    why: 'The connection goes over a public network and is not encrypted.',
    fix: 'Add `?sslmode=verify-full` to `DATABASE_URL`.',
    look: ({ postgres }) =>
      postgres?.ok
        ? found(!postgres.value.wire.encrypted && !postgres.value.wire.private, {
            found: 'Not encrypted, over a public address',
            expected: 'TLS',
          })
        : undefined,
  },
  check(
    {
      id: 'postgres-version',
      why: `Postgres is older than ${POSTGRES_MAJOR}, which its makers no longer maintain. The service is tested with 15 to 18.`,
      fix: 'Upgrade Postgres.',
    },
    ({ version }) =>
      found(majorOf(version) < POSTGRES_MAJOR, {
        found: `Postgres ${majorOf(version)}`,
        expected: `Postgres ${POSTGRES_MAJOR} or newer`,
      }),
  ),
  check(
    {
      id: 'postgres-standby',
      why: 'This Postgres is a standby, or its transactions only read. The service writes.',
      fix: 'Let `DATABASE_URL` point to the primary, and `default_transaction_read_only` off.',
    },
    ({ isStandby, settings }) =>
      found(isStandby || settings.default_transaction_read_only === 'on', {
        found: isStandby ? 'It is a standby' : 'default_transaction_read_only is on',
        expected: 'a primary that can be written to',
      }),
  ),
  setting('fsync', 'on', {
    id: 'postgres-fsync',
    why: 'With `fsync` off a crash of the machine can destroy the whole database.',
    fix: 'Set `fsync = on` in `postgresql.conf`.',
  }),
  setting('full_page_writes', 'on', {
    id: 'postgres-full-page-writes',
    why: 'With `full_page_writes` off a crash of the machine can leave pages that are half written.',
    fix: 'Set `full_page_writes = on`, unless the file system writes whole pages (ZFS): then skip this check.',
  }),
  check(
    {
      id: 'postgres-synchronous-commit',
      why: 'With `synchronous_commit` off a crash loses transactions that were acknowledged, revocations among them. With `local` a fail-over does, although a standby is synchronous.',
      fix: 'Remove it from `postgresql.conf`, and from the role and the database: `ALTER ROLE … RESET synchronous_commit`.',
    },
    ({ settings }) =>
      found(
        settings.synchronous_commit === 'off' ||
          (settings.synchronous_commit === 'local' && settings.synchronous_standby_names !== ''),
        { found: `synchronous_commit is ${settings.synchronous_commit}`, expected: 'on' },
      ),
  ),
  setting('server_encoding', 'UTF8', {
    id: 'postgres-encoding',
    why: 'The encoding of the database is not UTF8: it refuses names and texts.',
    fix: 'Create the database with `ENCODING UTF8`, and restore into it.',
  }),
  setting('default_transaction_isolation', 'read committed', {
    id: 'postgres-isolation',
    why: 'The service locks a row and then reads what was committed before. At another isolation level it reads an older state.',
    fix: 'Remove `default_transaction_isolation` from `postgresql.conf`, the role and the database.',
  }),
  check(
    {
      id: 'postgres-privileges',
      why: 'The role may not create tables in its schema, or does not own the service’s tables. Migrations fail, and so does the job that creates and drops partitions of usage.',
      fix: 'Let one role own the schema and its tables: `GRANT CREATE ON SCHEMA public TO keys`, `ALTER TABLE … OWNER TO keys`.',
    },
    ({ mayCreate, foreignTables }) => [
      ...found(!mayCreate, { found: 'The role may not create tables', expected: 'CREATE on its schema' }),
      ...found(foreignTables.length > 0, {
        found: `Another role owns ${foreignTables.join(', ')}`,
        expected: 'the role of DATABASE_URL, or one of which it is a member',
      }),
    ],
  ),
  check(
    {
      id: 'postgres-connections',
      why: 'Postgres has fewer connections than the pools of the processes can open: `DATABASE_CONNECTIONS` for each api and worker, one of each unless `--apis` and `--workers` say more. Requests then get 503.',
      fix: 'Raise `max_connections` or the limit, lower `DATABASE_CONNECTIONS`, or use PgBouncer.',
    },
    connections,
  ),
  shorterThan(60_000, ['statement_timeout'], {
    id: 'postgres-statement-timeout',
    severity: 'warning',
    why: 'Sessions without a time-out of their own (`bin/keys`, migrations, and all behind PgBouncer) get this one. Metering needs up to 60 s, and an index takes minutes.',
    fix: 'Reset it for the role: `ALTER ROLE keys RESET statement_timeout`. Behind PgBouncer set it to 60 s or more.',
  }),
  shorterThan(5_000, ['lock_timeout'], {
    id: 'postgres-lock-timeout',
    severity: 'warning',
    why: 'Jobs wait for each other’s rows: with a short `lock_timeout` they fail and are run again, for ever on a busy system.',
    fix: '`ALTER ROLE keys RESET lock_timeout`.',
  }),
  shorterThan(3_600_000, ['idle_in_transaction_session_timeout', 'transaction_timeout'], {
    id: 'postgres-transaction-timeout',
    severity: 'warning',
    why: '`keys migrate` holds its lock in a transaction for as long as it migrates. Processes set a time-out of their own.',
    fix: 'Reset it for the role: `ALTER ROLE keys RESET …`.',
  }),
  shorterThan(60_000, ['idle_session_timeout'], {
    id: 'postgres-idle-timeout',
    severity: 'warning',
    why: 'Postgres closes connections that the pools keep. A request that takes one at that moment gets 503.',
    fix: '`ALTER ROLE keys RESET idle_session_timeout`.',
  }),
  check(
    {
      id: 'postgres-pooler',
      severity: 'error',
      why: 'A pooler such as PgBouncer refuses the time-outs that a process sends with its connection: no process starts to work. Or it drops them: then Postgres itself never ends a statement that hangs (a warning).',
      fix: 'List them in `ignore_startup_parameters`, and set `statement_timeout` on the role: [Postgres](operating.md#requirements).',
    },
    ({ poolsRefused, poolsTimeout }) => [
      ...found(poolsRefused !== undefined, { found: poolsRefused ?? '', expected: 'a connection' }),
      ...found(poolsTimeout !== undefined && poolsTimeout.got === 0, {
        severity: 'warning',
        found: `statement_timeout is 0 where ${poolsTimeout?.asked} ms were asked for`,
        expected: 'a time-out on the role',
      }),
    ],
  ),
  check(
    {
      id: 'migrations-pending',
      why: 'The schema is older than this release. Processes of this release refuse to start on it.',
      fix: 'Run `bin/keys migrate`.',
    },
    ({ schema }) =>
      schema &&
      found(schema.pending.length > 0, {
        found: `${schema.pending.length} pending, from ${schema.pending[0]} on`,
        expected: 'no pending migration',
      }),
  ),
  check(
    {
      id: 'release-too-old',
      why: 'A newer release has migrated this database [past this one](upgrading.md#the-schema-number). Processes of this release refuse to start on it.',
      fix: 'Run the newer release, or restore a backup from before its migration.',
    },
    ({ schema }) =>
      schema &&
      found(isTooOld(schema), {
        found: `schema ${schema.schema}`,
        expected: `a release with schema ${schema.runsFrom} or newer`,
      }),
  ),
  check(
    {
      id: 'schema-newer',
      why: 'A newer release has migrated this database. This release runs on it, and does not know what it has added.',
      fix: 'Start the newer release, or finish [going back](upgrading.md#go-back).',
      severity: 'warning',
    },
    ({ schema }) =>
      schema &&
      found(schema.unknown.length > 0 && !isTooOld(schema), {
        found: `${schema.unknown.length} of another release, up to ${schema.unknown.at(-1)}`,
        expected: 'only migrations of this release',
      }),
  ),
  check(
    {
      id: 'index-invalid',
      severity: 'warning',
      why: 'A build of an index was interrupted. Postgres maintains the index and never uses it.',
      fix: 'Run `bin/keys migrate`; if the index stays, `DROP INDEX CONCURRENTLY` it and look at the release’s notes.',
    },
    ({ invalidIndexes }) =>
      found(invalidIndexes.length > 0, { found: invalidIndexes.join(', '), expected: 'no invalid index' }),
  ),
]
