import { fileURLToPath } from 'node:url'
import { Migrator } from '@mikro-orm/migrations'
import { MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql'
import { AccountSchema } from '../domain/accounts/Account.ts'
import { MemberSchema } from '../domain/accounts/Member.ts'
import { PersonSchema } from '../domain/accounts/Person.ts'
import { ServiceTokenSchema } from '../domain/accounts/ServiceToken.ts'
import { SessionSchema } from '../domain/accounts/Session.ts'
import { AlertRuleSchema } from '../domain/alerts/AlertRule.ts'
import { AuditEntrySchema } from '../domain/audit/AuditEntry.ts'
import { OperatorAuditEntrySchema } from '../domain/audit/OperatorAuditEntry.ts'
import { CommandSchema } from '../domain/commands/Command.ts'
import { PendingEventSchema } from '../domain/events/PendingEvent.ts'
import { ApiKeySchema } from '../domain/keys/ApiKey.ts'
import { ChannelSchema } from '../domain/notifications/Channel.ts'
import { NotificationSchema } from '../domain/notifications/Notification.ts'
import { OperatorTokenSchema } from '../domain/operators/OperatorToken.ts'
import { PlanSchema } from '../domain/plans/Plan.ts'
import { giveBackLost, type Pool } from './giveBackLost.ts'

export type Em = SqlEntityManager
export type Orm = MikroORM

/** Where migrations are, one file each: `Migration<schema number>_<name>.ts`. */
export const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))

const entities = [
  AccountSchema,
  PlanSchema,
  MemberSchema,
  PersonSchema,
  SessionSchema,
  ServiceTokenSchema,
  OperatorTokenSchema,
  ApiKeySchema,
  CommandSchema,
  AuditEntrySchema,
  OperatorAuditEntrySchema,
  PendingEventSchema,
  AlertRuleSchema,
  ChannelSchema,
  NotificationSchema,
]

/** Times in ms. */
export type PostgresOptions = {
  /** Connections at most. */
  poolMax?: number
  /** How long a query waits for a connection: a free one, or a new one. */
  connectMs?: number
  /** How long a statement may run. Unset: as long as it takes, for migrations and the command line. */
  statementMs?: number
  /** How long a statement may wait for a lock. */
  lockMs?: number
  /** Gets the driver's pool once there is one. */
  onPool?: (pool: PoolCounts) => void
  /** Another pool of this process, which knows the entities: discovering them takes 30 ms of CPU time. */
  beside?: Orm | undefined
}

/** Connections, free ones, and queries that wait for one. */
export type PoolCounts = { totalCount: number; idleCount: number; waitingCount: number }

/**
 * How long a connection is kept that nobody uses. The first transaction on a new one takes several times as long:
 * Postgres starts a process for it, which has yet to read its catalogue, just when there is the most to do.
 */
const IDLE_MS = 5 * 60_000
/** Less than after how long load balancers and firewalls forget an idle connection: often 350 s. */
const KEEP_ALIVE_MS = 60_000

/** A process that stops in the middle of a transaction keeps its locks no longer than this. */
const IDLE_IN_TRANSACTION_MS = 60_000

/**
 * The client waits this much longer than the server works: usually the server ends a statement, and the connection is
 * kept.
 */
export const ANSWER_MS = 500

/**
 * The transaction answers before its commit is on the disk. For what comes about again by itself should Postgres die
 * within the next second: whatever commits later is not kept without it.
 */
export async function commitSoon(em: Em): Promise<void> {
  await em.execute('set local synchronous_commit = off')
}

/** Opens a connection pool; does not connect until the first query. */
export async function openPostgres(databaseUrl: string, options: PostgresOptions = {}): Promise<Orm> {
  const { poolMax = 10, connectMs = 5_000, statementMs, lockMs, onPool, beside } = options
  const orm = new MikroORM({
    clientUrl: databaseUrl,
    entities,
    discovery: { skipSyncDiscovery: beside !== undefined },
    extensions: [Migrator],
    // Commands answer on stdout; what the migrator has to say is in its result.
    logger: () => {},
    pool: { min: 0, max: poolMax, idleTimeoutMillis: IDLE_MS },
    driverOptions: {
      // The driver reads the whole URL, `?sslmode=` with it; MikroORM only takes its parts.
      connectionString: databaseUrl,
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      onPoolCreated: (pool: PoolCounts & Pool) => {
        giveBackLost(pool)
        onPool?.(pool)
      },
      ...(statementMs === undefined
        ? {}
        : {
            statement_timeout: statementMs,
            query_timeout: statementMs + ANSWER_MS,
            idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
          }),
      ...(lockMs === undefined ? {} : { lock_timeout: lockMs }),
    },
    forceUtcTimezone: true,
    migrations: {
      path: MIGRATIONS,
      glob: '*.ts',
      snapshot: false,
      // One migration, one transaction: a failing one leaves nothing behind.
      transactional: true,
      allOrNothing: false,
    },
  })
  if (beside) {
    // What MikroORM's constructor does once it has discovered the entities.
    orm.driver.setMetadata(beside.getMetadata())
    Object.assign(orm, { em: Object.assign(orm.driver.createEntityManager(), { global: true }) })
  }
  return orm
}
