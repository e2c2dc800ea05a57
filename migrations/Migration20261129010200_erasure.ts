import { Migration } from '@mikro-orm/migrations'

/** Since when an account is being erased, and what an invoice needs of it afterwards. */
export class Migration20261129010200_erasure extends Migration {
  override up(): void {
    this.addSql(`create table erased_usage (
      account_id text not null,
      day date not null,
      units bigint not null,
      primary key (account_id, day)
    )`)
    this.addSql(
      `comment on table erased_usage is 'Units per UTC day of accounts that were erased, for invoices.'`,
    )
    this.addSql('create table erasure (account_id text primary key, at timestamptz not null)')
    this.addSql(
      `comment on table erasure is 'IDs of accounts that are, or are being, erased: their usage is counted no more.'`,
    )
    this.addSql(`set local lock_timeout = '5s'`)
    this.addSql('alter table account add column erasing_at timestamptz')
  }

  override down(): void {
    this.addSql('alter table account drop column erasing_at')
    this.addSql('drop table erasure, erased_usage')
  }
}
