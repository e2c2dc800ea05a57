import { Migration } from '@mikro-orm/migrations'

/** From when event IDs belong to their reporter, and when an endpoint was last used. */
export class Migration20261127070000_metering extends Migration {
  override up(): void {
    this.addSql(`
      set local lock_timeout = '5s';
      create table event_id_rule (
        only_row boolean primary key default true check (only_row),
        scoped_from timestamptz not null
      );
      comment on table event_id_rule is 'From scoped_from on, the ID of a reported event is its reporter''s own. Before that, while processes of the former release may still run, all reporters share one space, as there.';
      insert into event_id_rule (scoped_from)
        select case when exists (select from service_token) then now() + interval '1 day' else timestamptz '1970-01-01Z' end;

      alter table endpoint add column last_used_on date not null default current_date;
    `)
  }

  override down(): void {
    this.addSql(`
      alter table endpoint drop column last_used_on;
      drop table event_id_rule;
    `)
  }
}
