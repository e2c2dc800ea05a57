import { Migration } from '@mikro-orm/migrations'

/**
 * Whether an account is suspended. Processes of the release before do not know of it: do not suspend an account before
 * the upgrade is over.
 */
export class Migration20261129010000_suspension extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`)
    this.addSql(`alter table account
      add column suspended_at timestamptz,
      add column suspended_reason text,
      add column last_suspended_at timestamptz,
      add column last_resumed_at timestamptz`)
  }

  override down(): void {
    this.addSql(`alter table account
      drop column suspended_at, drop column suspended_reason,
      drop column last_suspended_at, drop column last_resumed_at`)
  }
}
