import { Migration } from '@mikro-orm/migrations'

/** For listing suspended accounts, newest first: there are few among many. */
export class Migration20261129010100_suspendedIndex extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    this.addSql('drop index concurrently if exists account_suspended')
    this.addSql(
      'create index concurrently account_suspended on account (created_at, id) where suspended_at is not null',
    )
  }

  override down(): void {
    this.addSql('drop index concurrently if exists account_suspended')
  }
}
