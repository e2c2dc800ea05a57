import { Migration } from '@mikro-orm/migrations'

const indexes = {
  // The successor of a key.
  api_key_rotated_from: 'api_key (rotated_from) where rotated_from is not null',
  // The names of an account's keys, page by page.
  api_key_names: `api_key (account_id, lower(name), id) where status <> 'deleted'`,
}

/**
 * Indexes on a table in use. They are built while the old release goes on writing, which Postgres does only outside of a
 * transaction. A build that was interrupted leaves an invalid index behind: the next run drops it and builds again.
 */
export class Migration20261127060000_key_indexes extends Migration {
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
