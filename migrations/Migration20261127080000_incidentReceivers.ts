import { Migration } from '@mikro-orm/migrations'

/** The receivers of an incident are found by its notifications. */
export class Migration20261127080000_incidentReceivers extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`)
    this.addSql(
      'create index notification_incident on notification (incident_id) where incident_id is not null',
    )
  }

  override down(): void {
    this.addSql('drop index notification_incident')
  }
}
