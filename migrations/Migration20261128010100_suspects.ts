import { Migration } from '@mikro-orm/migrations'

/** Runs of a command since its worker last survived one: see src/domain/commands/deaths.ts. */
export class Migration20261128010100_suspects extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`)
    this.addSql(`
      alter table command
        add column suspect_runs integer not null default 0,
        add column suspect_since timestamptz,
        add column suspect_at timestamptz
    `)
  }

  override down(): void {
    this.addSql(
      'alter table command drop column suspect_runs, drop column suspect_since, drop column suspect_at',
    )
  }
}
