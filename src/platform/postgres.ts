import { fileURLToPath } from 'node:url'
import { Migrator } from '@mikro-orm/migrations'
import { MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql'
import { AccountSchema } from '../domain/accounts/Account.ts'
import { MemberSchema } from '../domain/accounts/Member.ts'
import { ServiceTokenSchema } from '../domain/accounts/ServiceToken.ts'
import { SessionSchema } from '../domain/accounts/Session.ts'
import { AlertRuleSchema } from '../domain/alerts/AlertRule.ts'
import { AuditEntrySchema } from '../domain/audit/AuditEntry.ts'
import { CommandSchema } from '../domain/commands/Command.ts'
import { ApiKeySchema } from '../domain/keys/ApiKey.ts'
import { ChannelSchema } from '../domain/notifications/Channel.ts'
import { NotificationSchema } from '../domain/notifications/Notification.ts'

export type Em = SqlEntityManager
export type Orm = MikroORM

const entities = [
  AccountSchema,
  MemberSchema,
  SessionSchema,
  ServiceTokenSchema,
  ApiKeySchema,
  CommandSchema,
  AuditEntrySchema,
  AlertRuleSchema,
  ChannelSchema,
  NotificationSchema,
]

/** Opens the connection pool; does not connect until the first query. `poolMax` in connections. */
export async function openPostgres(databaseUrl: string, options: { poolMax?: number } = {}): Promise<Orm> {
  return new MikroORM({
    clientUrl: databaseUrl,
    entities,
    extensions: [Migrator],
    // Commands answer on stdout; what the migrator has to say is in its result.
    logger: () => {},
    pool: { min: 0, max: options.poolMax ?? 10 },
    // The driver reads the whole URL, `?sslmode=` with it; MikroORM only takes its parts.
    driverOptions: { connectionString: databaseUrl, connectionTimeoutMillis: 5_000, keepAlive: true },
    forceUtcTimezone: true,
    migrations: {
      path: fileURLToPath(new URL('../../migrations', import.meta.url)),
      glob: '*.ts',
      snapshot: false,
      // One migration, one transaction: a failing one leaves nothing behind.
      transactional: true,
      allOrNothing: false,
    },
  })
}

/** Brings the schema up to date; safe when several processes start at once. Returns what was applied. */
export async function migrate(orm: Orm): Promise<string[]> {
  const em = orm.em.fork()
  return em.transactional(async (locked) => {
    await locked.execute(`select pg_advisory_xact_lock(hashtext('pictify-keys migrations'))`)
    const applied = await orm.migrator.up()
    return applied.map((migration) => migration.name)
  })
}
