import { Migration } from '@mikro-orm/migrations'

/** The few notifications that have a sealed link, for re-sealing and counting. */
export class Migration20261129150000_sealedLinkIndex extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    this.addSql('drop index concurrently if exists notification_link')
    this.addSql(
      `create index concurrently notification_link on notification (id) where type = 'channel.verify'`,
    )
  }

  override down(): void {
    this.addSql('drop index concurrently if exists notification_link')
  }
}
