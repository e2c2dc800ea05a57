import { Migration } from '@mikro-orm/migrations'

/**
 * Channels that lifecycle events are pushed to, those of the operators among them. Processes of the release before
 * read and write none of it: to them a channel or notification of no account is nobody's.
 */
export class Migration20261129090000_eventPushes extends Migration {
  override up(): void {
    this.addSql(`
      set local lock_timeout = '5s';
      alter table channel alter column account_id drop not null,
        add column events jsonb,
        add column event_position bigint;
      comment on column channel.account_id is 'null: a webhook of the operators.';
      comment on column channel.events is 'The types of lifecycle events that it gets; null: none.';
      comment on column channel.event_position is 'Events up to this position have their notifications.';
      alter table notification alter column account_id drop not null,
        drop constraint notification_type_check,
        add column event_id text,
        add column event_account_id text;
      comment on column notification.account_id is 'Whose it is; null: the operators’.';
      comment on column notification.event_id is 'The lifecycle event that it pushes. Its message is made of that.';
      comment on column notification.event_account_id is 'The account of that event.';
    `)
  }

  override down(): void {
    this.addSql(`
      delete from notification where account_id is null or event_id is not null;
      delete from channel where account_id is null;
      alter table channel alter column account_id set not null, drop column events, drop column event_position;
      alter table notification alter column account_id set not null, drop column event_id, drop column event_account_id,
        add constraint notification_type_check
          check (type in ('alert.firing', 'alert.resolved', 'alert.test', 'channel.verify', 'channel.disabled'));
    `)
  }
}
