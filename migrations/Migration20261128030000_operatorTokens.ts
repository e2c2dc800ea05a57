import { Migration } from '@mikro-orm/migrations'

/**
 * Tokens of the company's own machines, and what those know an account by. Processes of the release before neither
 * read nor write any of it.
 */
export class Migration20261128030000_operatorTokens extends Migration {
  override up(): void {
    this.addSql(`create table operator_token (
      id text primary key,
      name text not null,
      digest text not null unique,
      hint text not null,
      permissions jsonb not null,
      allowed_ips jsonb not null,
      created_at timestamptz not null,
      created_by text not null,
      expires_at timestamptz,
      last_used_at timestamptz,
      revoked_at timestamptz
    )`)
    this.addSql(`set local lock_timeout = '5s'`)
    this.addSql(`alter table account
      add column external_id text,
      add column metadata jsonb not null default '{}'`)
  }

  override down(): void {
    this.addSql('alter table account drop column external_id, drop column metadata')
    this.addSql('drop table operator_token')
  }
}
