import { Migration } from '@mikro-orm/migrations'

export class Migration20261122000000_first extends Migration {
  override up(): void {
    this.addSql(`
      create table account (
        id text primary key,
        name text not null,
        plan text not null check (plan in ('free', 'pro', 'business', 'enterprise')),
        custom_limits jsonb not null default '{}',
        version integer not null default 1,
        created_at timestamptz not null
      );

      create table member (
        id text primary key,
        account_id text not null references account,
        email text not null,
        name text,
        role text not null check (role in ('admin', 'editor', 'viewer')),
        password_hash text not null,
        created_at timestamptz not null
      );
      create unique index member_email on member (lower(email));
      create index member_account on member (account_id);

      create table session (
        digest text primary key,
        member_id text not null references member on delete cascade,
        created_at timestamptz not null,
        expires_at timestamptz not null
      );
      create index session_expires on session (expires_at);

      create table service_token (
        id text primary key,
        name text not null,
        digest text not null unique,
        hint text not null,
        created_at timestamptz not null,
        revoked_at timestamptz
      );

      create table api_key (
        id text primary key,
        account_id text not null references account,
        name text not null,
        type text not null check (type in ('live', 'test')),
        access text not null check (access in ('admin', 'full', 'read_only')),
        permissions jsonb not null,
        status text not null check (status in ('active', 'revoked', 'deleted')),
        digest text not null unique,
        hint text not null,
        allowed_ips jsonb not null default '[]',
        metadata jsonb not null default '{}',
        version integer not null default 1,
        created_at timestamptz not null,
        created_by text not null,
        expires_at timestamptz,
        revoked_at timestamptz,
        revoked_reason text,
        rotated_from text
      );
      create index api_key_account on api_key (account_id, created_at desc, id desc);

      create table api_key_use (
        key_id text primary key,
        last_used_at timestamptz not null
      );

      create table command (
        id text primary key,
        account_id text,
        kind text not null,
        target_id text,
        payload jsonb not null,
        actor jsonb not null,
        status text not null check (status in ('pending', 'applied', 'succeeded', 'failed')),
        result jsonb,
        problem jsonb,
        idempotency_hash text,
        request_hash text,
        sealed_secret text,
        propagate jsonb,
        reply_to text,
        created_at timestamptz not null,
        applied_at timestamptz,
        finished_at timestamptz,
        sweep_at timestamptz not null,
        sweeps integer not null default 0
      );
      create unique index command_idempotency on command (coalesce(account_id, ''), idempotency_hash)
        where idempotency_hash is not null;
      create index command_unfinished on command (sweep_at) where status in ('pending', 'applied');
      create index command_created on command (created_at);

      create table outbox (
        id bigint generated always as identity primary key,
        message jsonb not null,
        created_at timestamptz not null default now()
      );

      create table audit_entry (
        id bigint generated always as identity primary key,
        account_id text not null,
        at timestamptz not null,
        action text not null,
        target_id text,
        actor jsonb not null,
        details jsonb not null default '{}'
      );
      create index audit_entry_account on audit_entry (account_id, id desc);
    `)

    for (const grain of ['minute', 'hour', 'day']) {
      this.addSql(`
        create table usage_${grain} (
          key_id text not null,
          account_id text not null,
          at timestamptz not null,
          requests bigint not null default 0,
          refused jsonb not null default '{}',
          client_errors bigint not null default 0,
          server_errors bigint not null default 0,
          units bigint not null default 0,
          latency_sum double precision not null default 0,
          latency_bins jsonb not null default '{}',
          primary key (key_id, at)
        ) partition by range (at);
        create table usage_${grain}_rest partition of usage_${grain} default;
        create index usage_${grain}_account on usage_${grain} (account_id, at);
      `)
    }

    this.addSql(`
      create table usage_claim (
        id uuid primary key,
        claimed_at timestamptz not null default now()
      );
      create index usage_claim_at on usage_claim using brin (claimed_at);

      create table quota_day (
        key_id text not null,
        day date not null,
        requests bigint not null default 0,
        renders bigint not null default 0,
        closed_renders bigint,
        closed_at timestamptz,
        primary key (key_id, day)
      );
      create table quota_month (
        account_id text not null,
        month date not null,
        renders bigint not null default 0,
        primary key (account_id, month)
      );

      create function counts_add(a jsonb, b jsonb) returns jsonb language sql immutable parallel safe as $$
        select coalesce(jsonb_object_agg(key, n), '{}') from (
          select key, sum(value::bigint) as n
          from (select * from jsonb_each_text(a) union all select * from jsonb_each_text(b)) as both_sides
          group by key
        ) as added
      $$;
      comment on function counts_add is 'Adds two {name: count} objects, key by key.';
      create aggregate counts_sum(jsonb) (sfunc = counts_add, stype = jsonb, initcond = '{}');
    `)
  }

  override down(): void {
    this.addSql(`
      drop aggregate counts_sum(jsonb);
      drop function counts_add(jsonb, jsonb);
      drop table quota_month, quota_day, usage_claim, usage_minute, usage_hour, usage_day,
        audit_entry, outbox, command, api_key_use, api_key, service_token, session, member, account;
    `)
  }
}
