import { Migration } from '@mikro-orm/migrations'

/** What imported keys look like, by account, and which accounts may import. */
export class Migration20261127040000_imports extends Migration {
  override up(): void {
    this.addSql(`
      set local lock_timeout = '5s';
      alter table account add column imports_allowed boolean not null default true;

      create table imported_form (
        account_id text not null references account on delete cascade,
        prefix text not null,
        length integer not null,
        announced_at timestamptz,
        used_at timestamptz not null default now(),
        primary key (account_id, prefix, length)
      );
      comment on table imported_form is
        'Values of imported keys begin with the prefix ('''': with anything) and have the length (0: any).';
      comment on column imported_form.announced_at is 'After the row was committed: verifiers know it a little later.';
      create index imported_form_value on imported_form (prefix, length);
      insert into imported_form (account_id, prefix, length, announced_at)
        select distinct account_id, '', 0, now() from api_key where imported_at is not null and status <> 'deleted';

      -- For workers of the release before: they import without a form.
      create function note_imported_form() returns trigger language plpgsql as $body$
      begin
        insert into imported_form (account_id, prefix, length, announced_at)
          select distinct account_id, '', 0, clock_timestamp() from added
          where imported_at is not null
            and not exists (select from imported_form f where f.account_id = added.account_id)
          on conflict do nothing;
        return null;
      end
      $body$;
      create trigger api_key_imported_form after insert on api_key referencing new table as added
        for each statement execute function note_imported_form();
    `)
  }

  override down(): void {
    this.addSql(`
      drop trigger api_key_imported_form on api_key;
      drop function note_imported_form();
      drop table imported_form;
      alter table account drop column imports_allowed;
    `)
  }
}
