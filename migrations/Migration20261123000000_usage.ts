import { Migration } from '@mikro-orm/migrations'

/** Usage by endpoint and by caller's address, minutes folded into their hours, and what was accepted per day. */
export class Migration20261123000000_usage extends Migration {
  override up(): void {
    for (const grain of ['minute', 'hour', 'day']) {
      this.addSql(`
        alter table usage_${grain}
          add column latency_count bigint not null default 0,
          add column endpoints jsonb not null default '{}';
        update usage_${grain} set latency_count =
          (select coalesce(sum(n::bigint), 0) from jsonb_each_text(latency_bins) as bins (bin, n));
        drop index usage_${grain}_account;
        create index usage_${grain}_account on usage_${grain} (account_id, at, key_id);
      `)
    }
    this.addSql(`
      create table usage_folded (
        key_id text not null,
        account_id text not null,
        at timestamptz not null,
        minutes jsonb not null,
        primary key (key_id, at)
      ) partition by range (at);
      comment on table usage_folded is 'Minutes that are past their own table, as a list per key and hour; a minute may stand there more than once.';
      create table usage_folded_rest partition of usage_folded default;
      create index usage_folded_account on usage_folded (account_id, at);

      create table usage_ip (
        key_id text not null,
        account_id text not null,
        at timestamptz not null,
        ip inet not null,
        requests bigint not null,
        refused bigint not null,
        first_seen_at timestamptz not null,
        last_seen_at timestamptz not null,
        primary key (key_id, at, ip)
      ) partition by range (at);
      comment on column usage_ip.at is 'The start of the UTC day.';
      create table usage_ip_rest partition of usage_ip default;

      create table endpoint (
        id integer generated always as identity primary key,
        account_id text not null,
        method text not null,
        path text not null,
        unique (account_id, method, path)
      );

      create table usage_accepted (
        account_id text not null,
        day date not null,
        verifications bigint not null default 0,
        refused bigint not null default 0,
        events bigint not null default 0,
        completions bigint not null default 0,
        changed_at timestamptz not null,
        checked_at timestamptz,
        differences jsonb,
        primary key (account_id, day)
      );
      comment on table usage_accepted is 'What was claimed per account and day, added up apart from the buckets, for reconciliation.';
      create index usage_accepted_unchecked on usage_accepted (day) where checked_at is null or checked_at < changed_at;
      create index usage_accepted_differing on usage_accepted (day) where differences is not null;
      insert into usage_accepted (account_id, day, verifications, refused, events, changed_at)
        select u.account_id, (u.at at time zone 'UTC')::date as day, sum(coalesce(q.requests, 0)),
          sum((select coalesce(sum(n::bigint), 0) from jsonb_each_text(u.refused) as r (code, n))),
          sum(u.requests - coalesce(q.requests, 0)), now()
        from usage_day u left join quota_day q on q.key_id = u.key_id and q.day = (u.at at time zone 'UTC')::date
        group by 1, 2;

      -- Looks up what is added in what is there, instead of adding up both: what is added is small. The concatenation
      -- unpacks a stored value once, not with every look-up.
      create or replace function counts_add(a jsonb, b jsonb) returns jsonb language sql immutable parallel safe as $$
        select unpacked.a || coalesce((
          select jsonb_object_agg(key, value::bigint + coalesce((unpacked.a ->> key)::bigint, 0)) from jsonb_each_text(b)
        ), '{}')
        from (select a || '{}'::jsonb as a offset 0) as unpacked
      $$;

      alter table api_key add column expiry_noted_at timestamptz;
      create index api_key_expires on api_key (expires_at) where status = 'active' and expires_at is not null;
    `)
  }

  override down(): void {
    this.addSql(`
      create or replace function counts_add(a jsonb, b jsonb) returns jsonb language sql immutable parallel safe as $$
        select coalesce(jsonb_object_agg(key, n), '{}') from (
          select key, sum(value::bigint) as n
          from (select * from jsonb_each_text(a) union all select * from jsonb_each_text(b)) as both_sides
          group by key
        ) as added
      $$;
      drop index api_key_expires;
      alter table api_key drop column expiry_noted_at;
      drop table usage_accepted, endpoint, usage_ip, usage_folded;
    `)
    for (const grain of ['minute', 'hour', 'day']) {
      this.addSql(`
        drop index usage_${grain}_account;
        create index usage_${grain}_account on usage_${grain} (account_id, at);
        alter table usage_${grain} drop column latency_count, drop column endpoints;
      `)
    }
  }
}
