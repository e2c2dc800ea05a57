import { Migration } from '@mikro-orm/migrations'

/** Messages to addresses that nobody has confirmed are counted by address, over all accounts. */
export class Migration20261127080100_unconfirmedTargets extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`)
    this.addSql(`
      alter table notification add column target_hash text;
      comment on column notification.target_hash is 'Of a message to an address that was not confirmed: its keyed hash.';
    `)
  }

  override down(): void {
    this.addSql('alter table notification drop column target_hash')
  }
}
