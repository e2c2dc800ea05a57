import { Migration } from '@mikro-orm/migrations'

/**
 * Until when the server of a region's epoch may admit. Where another server may take its place, a new epoch waits for
 * that.
 */
export class Migration20261130030000_regionEpochLease extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`)
    this.addSql('alter table region_epoch add column lease_until timestamptz')
    this.addSql(
      `comment on column region_epoch.lease_until is 'No lease that was given in this epoch lasts longer, by this clock, a margin for slow clocks included.'`,
    )
  }

  override down(): void {
    this.addSql('alter table region_epoch drop column lease_until')
  }
}
