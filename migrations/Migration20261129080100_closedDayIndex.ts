import { Migration } from '@mikro-orm/migrations'

/**
 * One index for days that are to be checked and days that are to be announced, in the place of the one for checks: the
 * rollup, which changes these rows with every batch, keeps up as many indexes as before. It serves the former release.
 */
export class Migration20261129080100_closedDayIndex extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    this.addSql('drop index concurrently if exists usage_accepted_open')
    this.addSql(`create index concurrently usage_accepted_open on usage_accepted (day)
      where checked_at is null or checked_at < changed_at or changed_at > closed_as_of`)
    this.addSql('drop index concurrently if exists usage_accepted_unchecked')
  }

  override down(): void {
    this.addSql('drop index concurrently if exists usage_accepted_unchecked')
    this.addSql(`create index concurrently usage_accepted_unchecked on usage_accepted (day)
      where checked_at is null or checked_at < changed_at`)
    this.addSql('drop index concurrently if exists usage_accepted_open')
  }
}
