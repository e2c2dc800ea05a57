import { Migration } from '@mikro-orm/migrations'

const indexes = {
  account_external_id: 'unique index concurrently account_external_id on account (external_id)',
  account_by_creation: 'index concurrently account_by_creation on account (created_at, id)',
}

/** For finding an account by the company's own ID, and for listing accounts, newest first. */
export class Migration20261128030100_accountIndexes extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    for (const [name, definition] of Object.entries(indexes)) {
      this.addSql(`drop index concurrently if exists ${name}`)
      this.addSql(`create ${definition}`)
    }
  }

  override down(): void {
    for (const name of Object.keys(indexes)) this.addSql(`drop index concurrently if exists ${name}`)
  }
}
