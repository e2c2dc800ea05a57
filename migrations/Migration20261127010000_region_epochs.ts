import { Migration } from '@mikro-orm/migrations'

/** Which epoch of each region counts, so that a Redis that left the service is not believed when it comes back. */
export class Migration20261127010000_region_epochs extends Migration {
  override up(): void {
    this.addSql(`
      create table region_epoch (
        region text primary key,
        -- The primary has no row in the table region; a further region takes its epoch with it when it is removed.
        further text generated always as (nullif(region, 'primary')) stored references region (name) on delete cascade,
        marker text not null,
        registered_at timestamptz not null default clock_timestamp()
      );
      comment on table region_epoch is 'The marker of the only epoch in which a region is believed.';
      create index region_epoch_further on region_epoch (further);
    `)
  }

  override down(): void {
    this.addSql('drop table region_epoch;')
  }
}
