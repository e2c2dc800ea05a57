import { Migration } from '@mikro-orm/migrations'

/** Keys that were imported by their hash. */
export class Migration20261123010000_import extends Migration {
  override up(): void {
    this.addSql(`
      alter table api_key add column imported_at timestamptz;
      create index api_key_imported on api_key (imported_at) where imported_at is not null;
      create index command_import on command (created_at) where kind = 'import-api-keys';
    `)
  }

  override down(): void {
    this.addSql(`
      drop index command_import;
      alter table api_key drop column imported_at;
    `)
  }
}
