import { Migration } from '@mikro-orm/migrations'

const indexes = {
  channel_events: 'channel (account_id) where events is not null',
  notification_event_pending: `notification (channel_id) where status = 'pending' and event_id is not null`,
  notification_event_account:
    'notification (event_account_id, created_at desc, id desc) where event_account_id is not null',
}

/** Who subscribes, how many pushes of a channel are pending, and the pushes of an account's events. */
export class Migration20261129090100_eventPushIndexes extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    for (const [name, on] of Object.entries(indexes)) {
      this.addSql(`drop index concurrently if exists ${name}`)
      this.addSql(`create index concurrently ${name} on ${on}`)
    }
  }

  override down(): void {
    for (const name of Object.keys(indexes)) this.addSql(`drop index concurrently if exists ${name}`)
  }
}
