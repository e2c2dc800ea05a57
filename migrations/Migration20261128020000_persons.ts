import { Migration } from '@mikro-orm/migrations'

/** Who signs in, apart from where they are a member; invitations; password resets. Members of before have no person. */
export class Migration20261128020000_persons extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`)
    this.addSql(`
      create table person (
        id text primary key,
        email text not null,
        password_hash text not null,
        created_at timestamptz not null
      );
      create unique index person_email on person (lower(email));
      create index person_created on person (created_at);
      comment on table person is 'Whoever set a password by a link that was mailed to this address.';

      alter table member
        add column person_id text references person,
        add column status text not null default 'active' check (status in ('active', 'invited'));
      comment on column member.password_hash is
        'Opens this account alone. Nobody has it where the member is invited or has a person.';

      create table invitation (
        member_id text primary key references member on delete cascade,
        digest text unique,
        target_hash text not null,
        emailed boolean not null,
        ends_at timestamptz not null,
        leased_until timestamptz,
        sent_at timestamptz
      );
      comment on column invitation.digest is 'SHA-256 of the link''s token, which is made when it is sent.';
      comment on column invitation.emailed is 'Whether the link goes by email; else the command line shows it.';

      create table password_reset (
        id text primary key,
        email text not null,
        digest text unique,
        ends_at timestamptz not null,
        leased_until timestamptz,
        sent_at timestamptz,
        requests integer not null default 1,
        counted_since timestamptz not null
      );
      create unique index password_reset_email on password_reset (lower(email));
      create index password_reset_ends on password_reset (ends_at);
      comment on column password_reset.requests is 'How many emails since counted_since: their number in a day is bounded.';

      create table invitation_email (
        id bigint generated always as identity primary key,
        account_id text not null,
        target_hash text not null,
        at timestamptz not null,
        sent_at timestamptz
      );
      create index invitation_email_at on invitation_email (at);
      create index invitation_email_account on invitation_email (account_id, at);
      create index invitation_email_target on invitation_email (target_hash, sent_at) where sent_at is not null;
      comment on table invitation_email is 'What the bounds on invitations are counted by; kept for a day.';
    `)
  }

  override down(): void {
    this.addSql(`
      drop table invitation_email, password_reset, invitation;
      alter table member drop column status, drop column person_id;
      drop table person;
    `)
  }
}
