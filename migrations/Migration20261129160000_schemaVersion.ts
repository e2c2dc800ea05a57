import { Migration } from '@mikro-orm/migrations'

/**
 * Which releases may run on this schema: those from `runs_from` on. A migration that an earlier release does not
 * survive raises it, in its own transaction. The first number is the schema of 0.1.0.
 */
export class Migration20261129160000_schemaVersion extends Migration {
  override up(): void {
    this.addSql(`
      create table schema_version (
        only_row boolean primary key default true check (only_row),
        runs_from bigint not null
      );
      comment on column schema_version.runs_from is 'The schema number of the oldest release that may run on this database.';
      insert into schema_version (runs_from) values (20261123040000);
    `)
  }

  override down(): void {
    this.addSql('drop table schema_version')
  }
}
