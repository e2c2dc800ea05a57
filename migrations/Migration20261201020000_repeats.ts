import { Migration } from '@mikro-orm/migrations'

/**
 * A command that ends what has ended already brings the journal's entry to the regions again, and finds it by its
 * subject. Such commands are deleted long before the others, as failed ones are.
 */
export class Migration20261201020000_repeats extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    this.addSql('drop index concurrently if exists journal_subject')
    this.addSql('create index concurrently journal_subject on journal (subject, sequence)')
    this.addSql('drop index concurrently if exists command_repeats')
    this.addSql(
      `create index concurrently command_repeats on command (finished_at) where propagate ->> 'repeats' is not null`,
    )
  }

  override down(): void {
    this.addSql('drop index concurrently if exists command_repeats')
    this.addSql('drop index concurrently if exists journal_subject')
  }
}
