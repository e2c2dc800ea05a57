import { Migration } from '@mikro-orm/migrations'

/**
 * Session links, and the sessions of the guests who opened one. Guests have a table of their own: processes of the
 * release before read `session` alone, so to them a guest is not signed in.
 */
export class Migration20261129050000_sessionLinks extends Migration {
  override up(): void {
    this.addSql(`create table session_link (
      digest text primary key,
      account_id text not null references account on delete cascade,
      role text not null,
      email text,
      return_url text,
      made_by text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz
    )`)
    this.addSql('create index session_link_account on session_link (account_id, expires_at)')
    this.addSql('create index session_link_expires on session_link (expires_at)')
    this.addSql(`create table guest_session (
      id text primary key,
      digest text not null unique,
      account_id text not null references account on delete cascade,
      role text not null,
      email text,
      return_url text,
      made_by text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null
    )`)
    this.addSql('create index guest_session_account on guest_session (account_id)')
    this.addSql('create index guest_session_expires on guest_session (expires_at)')
  }

  override down(): void {
    this.addSql('drop table guest_session, session_link')
  }
}
