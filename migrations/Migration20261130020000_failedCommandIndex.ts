import { Migration } from '@mikro-orm/migrations'

/**
 * Failed commands are deleted long before the others. Without an index of their own, each night's deletion would read
 * every command of the last 90 days.
 */
export class Migration20261130020000_failedCommandIndex extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    this.addSql('drop index concurrently if exists command_failed')
    this.addSql(`create index concurrently command_failed on command (finished_at) where status = 'failed'`)
  }

  override down(): void {
    this.addSql('drop index concurrently if exists command_failed')
  }
}
