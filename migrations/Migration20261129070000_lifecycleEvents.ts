import { Migration } from '@mikro-orm/migrations'

/** The record of lifecycle events: docs/decisions/lifecycle-events.md says why it is written in two steps. */
export class Migration20261129070000_lifecycleEvents extends Migration {
  override up(): void {
    this.addSql(`
      set local lock_timeout = '5s';
      alter table api_key add column expiring_noted_for timestamptz;
      comment on column api_key.expiring_noted_for is 'The expiry that was announced ahead.';

      create table lifecycle_event_pending (
        id bigint generated always as identity primary key,
        event_id text not null,
        account_id text not null,
        type text not null,
        subject text not null,
        at timestamptz not null,
        data jsonb not null,
        created_at timestamptz not null default now()
      );
      comment on table lifecycle_event_pending is 'Written in the transaction of the change; no position yet.';

      create table lifecycle_event (
        position bigint primary key,
        id text not null unique,
        account_id text not null,
        sequence bigint not null,
        type text not null,
        subject text not null,
        at timestamptz not null,
        data jsonb not null,
        created_at timestamptz not null
      );
      create index lifecycle_event_of_account on lifecycle_event (account_id, position);
      comment on column lifecycle_event.position is 'Grows by one in the order of commits: no reader passes over an event.';
      comment on column lifecycle_event.sequence is 'Grows by one with each event of the account.';

      create table lifecycle_event_account (
        account_id text primary key,
        sequence bigint not null,
        position bigint not null
      );
      comment on table lifecycle_event_account is 'The latest event of each account.';

      create table lifecycle_event_head (
        single boolean primary key default true check (single),
        position bigint not null default 0,
        expired bigint not null default 0
      );
      insert into lifecycle_event_head default values;
      comment on column lifecycle_event_head.expired is 'Events up to this position may be gone.';
    `)
  }

  override down(): void {
    this.addSql('alter table api_key drop column expiring_noted_for')
    this.addSql(
      'drop table lifecycle_event_pending, lifecycle_event, lifecycle_event_account, lifecycle_event_head',
    )
  }
}
