import { Migration } from '@mikro-orm/migrations'

/** Incidents are deleted long after their end. Without this index, each night would read all of them. */
export class Migration20261201030000_endedIncidents extends Migration {
  override isTransactional(): boolean {
    return false
  }

  override up(): void {
    this.addSql('drop index concurrently if exists incident_resolved')
    this.addSql(
      'create index concurrently incident_resolved on incident (resolved_at) where resolved_at is not null',
    )
  }

  override down(): void {
    this.addSql('drop index concurrently if exists incident_resolved')
  }
}
