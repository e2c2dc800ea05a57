import { Migration } from '@mikro-orm/migrations'

const indexes = {
  command_finished: 'command (finished_at) where finished_at is not null',
  notification_finished: 'notification (finished_at) where finished_at is not null',
  command_idempotency_created: 'command (created_at) where idempotency_hash is not null',
}

/** What the nightly deletion goes by. Outside of a transaction, as indexes on tables in use are built. */
export class Migration20261128010000_expiryIndexes extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    for (const [name, on] of Object.entries(indexes)) {
      this.addSql(`drop index concurrently if exists ${name}`)
      this.addSql(`create index concurrently ${name} on ${on}`)
    }
  }

  override down(): void {
    for (const name of Object.keys(indexes)) this.addSql(`drop index concurrently if exists ${name}`)
  }
}
