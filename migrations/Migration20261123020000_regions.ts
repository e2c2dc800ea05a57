import { Migration } from '@mikro-orm/migrations'

/** Further regions, their leases, and what has reached each. */
export class Migration20261123020000_regions extends Migration {
  override up(): void {
    this.addSql(`
      create table region (
        name text primary key,
        lease_until timestamptz
      );
      comment on table region is 'Regions beside the primary. lease_until: by this clock, no lease given to it lasts longer.';

      create table command_region (
        command_id text not null references command on delete cascade,
        region text not null,
        outcome text check (outcome in ('confirmed', 'lapsed')),
        decided_at timestamptz,
        confirmed_at timestamptz,
        primary key (command_id, region)
      );
      comment on table command_region is 'A region is owed what a command changed until confirmed_at, also after its lease has lapsed.';
      create index command_region_owed on command_region (region) where confirmed_at is null;

      create table key_region (
        key_id text not null,
        region text not null,
        version integer not null,
        arrived_at timestamptz not null,
        primary key (key_id, region)
      );

      alter table quota_day add column region text not null default 'primary';
      alter table quota_day drop constraint quota_day_pkey, add primary key (key_id, day, region);
      alter table quota_day alter column region drop default;
    `)
  }

  override down(): void {
    this.addSql(`
      delete from quota_day where region <> 'primary';
      alter table quota_day drop constraint quota_day_pkey, drop column region, add primary key (key_id, day);
      drop table key_region, command_region, region;
    `)
  }
}
