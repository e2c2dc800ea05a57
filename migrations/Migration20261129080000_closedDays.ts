import { Migration } from '@mikro-orm/migrations'

/** What was last announced of an account's UTC day, and which quotas were announced as reached. */
export class Migration20261129080000_closedDays extends Migration {
  override up(): void {
    this.addSql(`
      set local lock_timeout = '5s';
      -- Days that did not change since today began are history: they are not announced. The default of new rows is set below.
      alter table usage_accepted
        add column closed_as_of timestamptz not null default date_trunc('day', now(), 'UTC'),
        add column closed_at timestamptz,
        add column closed_revision integer not null default 0,
        add column closed_digest text;
      alter table usage_accepted alter column closed_as_of set default '-infinity';
      comment on column usage_accepted.closed_as_of is 'The changed_at of what was last announced, or found to be announced.';

      create table quota_reached (
        subject text not null,
        quota text not null,
        period text not null,
        account_id text not null,
        at timestamptz not null,
        primary key (subject, quota, period)
      );
      comment on table quota_reached is 'Announced once: a key or an account, a quota, and a UTC day or month.';
      create index quota_reached_account on quota_reached (account_id);
    `)
  }

  override down(): void {
    this.addSql('drop table quota_reached')
    this.addSql(
      'alter table usage_accepted drop column closed_as_of, drop column closed_at, drop column closed_revision, drop column closed_digest',
    )
  }
}
