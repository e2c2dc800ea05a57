import { Migration } from '@mikro-orm/migrations'

const indexes = {
  // The backlog of an account: how long its next command waits, and when there are too many.
  command_unfinished_account: `command (account_id) where status in ('pending', 'applied')`,
  // Finished commands that still have their payload: those of the release before.
  command_payload: `command (finished_at) where finished_at is not null and payload <> '{}'::jsonb`,
  // Results that show a member's email.
  command_member: `command ((result ->> 'id')) where kind in ('add-member', 'update-member')`,
  // The same of audit entries.
  audit_entry_email: `audit_entry (target_id) where (details ->> 'email') is not null`,
  // What counts towards a plan, in an account of any number of keys.
  api_key_active: `api_key (account_id, type, expires_at) where status = 'active'`,
}

/**
 * Indexes on tables in use. They are built while the old release goes on writing, which Postgres does only outside of a
 * transaction. A build that was interrupted leaves an invalid index behind: the next run drops it and builds again.
 */
export class Migration20261127050100_command_indexes extends Migration {
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
