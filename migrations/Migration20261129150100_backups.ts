import { Migration } from '@mikro-orm/migrations'

export class Migration20261129150100_backups extends Migration {
  override up(): void {
    this.addSql(`
      create table backup (
        id text primary key,
        started_at timestamptz not null,
        finished_at timestamptz,
        host text not null,
        bytes bigint,
        failure text,
        checked_at timestamptz,
        check_failure text
      );
      comment on table backup is 'Backups and attempts at one: what a worker made, and what came of restoring it.';
      comment on column backup.host is 'The machine in whose BACKUP_DIR the files are.';
      create index backup_started on backup (started_at);
    `)
  }

  override down(): void {
    this.addSql('drop table backup')
  }
}
