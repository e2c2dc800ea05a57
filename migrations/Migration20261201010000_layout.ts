import { Migration } from '@mikro-orm/migrations'

/** Into how many shards each region is divided. A database that was in use before this has one. */
export class Migration20261201010000_layout extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`)
    this.addSql(
      `create table layout (
         shards integer not null check (shards between 1 and 64),
         dividing_into integer,
         only_one boolean primary key default true check (only_one)
       )`,
    )
    this.addSql(`insert into layout (shards) select 1 where exists (select from account)`)
    this.addSql(
      `comment on table layout is 'One row: how many shards each region has, which decides where an account lives. While they are being divided, into how many.'`,
    )
    // It referred to the table region, in which no shard of the primary has a row.
    this.addSql('alter table region_epoch drop column further')
  }

  override down(): void {
    this.addSql('drop table layout')
    this.addSql(
      `alter table region_epoch add column further text
         generated always as (nullif(region, 'primary')) stored references region (name) on delete cascade`,
    )
    this.addSql('create index region_epoch_further on region_epoch (further)')
  }
}
