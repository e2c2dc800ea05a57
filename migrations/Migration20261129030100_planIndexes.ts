import { Migration } from '@mikro-orm/migrations'

/** For counting the accounts of a plan, and for reading them in the order of their IDs. */
export class Migration20261129030100_planIndexes extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    this.addSql('drop index concurrently if exists account_by_plan')
    this.addSql('create index concurrently account_by_plan on account (plan, id)')
  }

  override down(): void {
    this.addSql('drop index concurrently if exists account_by_plan')
  }
}
