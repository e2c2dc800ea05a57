import { Migration } from '@mikro-orm/migrations'

/**
 * What a service token may do, and for which accounts (null: everything, every account); and the operators' own audit
 * log. Processes of the release before neither read nor write any of it.
 */
export class Migration20261129040000_serviceTokens extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`)
    this.addSql('alter table service_token add column permissions jsonb, add column account_ids jsonb')
    this.addSql(`create table operator_audit_entry (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      action text not null,
      target_id text,
      actor jsonb not null,
      details jsonb not null
    )`)
    this.addSql('create index operator_audit_entry_at on operator_audit_entry (at)')
  }

  override down(): void {
    this.addSql('drop table operator_audit_entry')
    this.addSql('alter table service_token drop column permissions, drop column account_ids')
  }
}
