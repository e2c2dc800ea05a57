import { Migration } from '@mikro-orm/migrations'

/** What delivering needs: a lease per notification, turns of its schedule, and an end of a verification link. */
export class Migration20261123040000_deliveries extends Migration {
  override up(): void {
    this.addSql(`
      alter table notification add column leased_until timestamptz, add column turn_began_at integer not null default 0;
      comment on column notification.leased_until is 'Some worker sends it until then at the latest; nobody else does.';
      comment on column notification.turn_began_at is 'How many attempts there were when it was last sent again by hand.';
      create index notification_sending on notification (account_id, channel_id) where leased_until is not null;
      create index notification_channel on notification (channel_id, created_at desc);
      alter table channel add column verification_ends_at timestamptz;
      create index channel_verification on channel (verification_digest) where verification_digest is not null;
    `)
  }

  override down(): void {
    this.addSql(`
      drop index notification_sending, notification_channel, channel_verification;
      alter table notification drop column leased_until, drop column turn_began_at;
      alter table channel drop column verification_ends_at;
    `)
  }
}
