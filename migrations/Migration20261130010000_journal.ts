import { Migration } from '@mikro-orm/migrations'

/**
 * What ended, in the order of the commits. Regions keep the last days of it, too: a Postgres that does not have what a
 * region has is older than that region.
 */
export class Migration20261130010000_journal extends Migration {
  override up(): void {
    this.addSql(`
      create table journal (
        sequence bigint primary key,
        id uuid not null unique default gen_random_uuid(),
        command_id text not null,
        kind text not null,
        subject text not null,
        until timestamptz,
        at timestamptz not null default clock_timestamp()
      );
      comment on table journal is 'What ended, in the order of the commits: regions have the last days of it, too.';
      comment on column journal.id is 'Random: two databases that went on from one backup give the same sequence to different entries.';
      comment on column journal.subject is 'The ID of a key, an account or a service token.';
      comment on column journal.until is 'Of a key that was rotated: when it ends.';
      create index journal_command on journal (command_id);
      create table journal_head (
        is_only boolean primary key default true check (is_only),
        sequence bigint not null,
        forgotten bigint not null
      );
      comment on table journal_head is 'One row. Who appends to the journal locks it, so that sequences are in the order of the commits.';
      comment on column journal_head.forgotten is 'Up to this sequence entries have been deleted, because of their age.';
      insert into journal_head (sequence, forgotten) values (0, 0);
    `)
  }

  override down(): void {
    this.addSql('drop table journal; drop table journal_head;')
  }
}
