import { Migration } from '@mikro-orm/migrations'

const indexes = {
  notification_target: 'notification (target_hash) where target_hash is not null',
  notification_tests: `notification (account_id) where type in ('alert.test', 'channel.verify')`,
}

/** What the bounds on such messages are counted by. Outside of a transaction, as indexes on a table in use are built. */
export class Migration20261127080200_unconfirmedTargetIndexes extends Migration {
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
