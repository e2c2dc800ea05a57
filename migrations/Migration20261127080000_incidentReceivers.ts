import { Migration } from '@mikro-orm/migrations'

/** The receivers of an incident are found by its notifications. Outside of a transaction, as an index on a table in use is built. */
export class Migration20261127080000_incidentReceivers extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    this.addSql('drop index concurrently if exists notification_incident')
    this.addSql(
      'create index concurrently notification_incident on notification (incident_id) where incident_id is not null',
    )
  }

  override down(): void {
    this.addSql('drop index concurrently if exists notification_incident')
  }
}
