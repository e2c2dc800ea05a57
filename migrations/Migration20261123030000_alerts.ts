import { Migration } from '@mikro-orm/migrations'

/** Alert rules and what became of them, channels, notifications and their delivery attempts. */
export class Migration20261123030000_alerts extends Migration {
  override up(): void {
    this.addSql(`
      create table channel (
        id text primary key,
        account_id text not null references account,
        type text not null check (type in ('email', 'slack', 'webhook')),
        name text not null,
        sealed_target text not null,
        sealed_secrets text,
        verification_digest text,
        verified_at timestamptz,
        failing_since timestamptz,
        disabled_at timestamptz,
        disabled_reason text,
        created_at timestamptz not null
      );
      create index channel_account on channel (account_id);
      comment on column channel.sealed_target is 'An address or URL, sealed: a Slack URL is a secret.';
      comment on column channel.sealed_secrets is 'Signing secrets of a webhook, newest first, each with the end of its validity.';

      create table alert_rule (
        id text primary key,
        account_id text not null references account,
        name text not null,
        metric text not null,
        threshold double precision,
        window_minutes integer not null,
        for_minutes integer not null default 0,
        key_ids jsonb,
        channel_ids jsonb not null default '[]',
        repeat_minutes integer,
        severity text not null check (severity in ('info', 'warning', 'critical')),
        options jsonb not null default '{}',
        enabled boolean not null default true,
        muted_until timestamptz,
        version integer not null default 1,
        created_at timestamptz not null
      );
      create index alert_rule_account on alert_rule (account_id);
      comment on column alert_rule.key_ids is 'null: the account as a whole';

      create table alert_state (
        rule_id text not null references alert_rule on delete cascade,
        key_id text not null,
        state text not null check (state in ('ok', 'pending', 'firing')),
        since timestamptz not null,
        evaluated_at timestamptz not null,
        incident_id text,
        notified_at timestamptz,
        memory jsonb not null default '{}',
        primary key (rule_id, key_id)
      );
      comment on column alert_state.key_id is 'Empty for a rule over the whole account';
      comment on column alert_state.evaluated_at is 'The minute as of which it was evaluated last; an earlier one changes nothing.';

      create table incident (
        id text primary key,
        account_id text not null references account,
        rule_id text not null,
        key_id text,
        started_at timestamptz not null,
        resolved_at timestamptz,
        threshold double precision,
        measured double precision,
        worst double precision
      );
      create index incident_rule on incident (rule_id, started_at desc);

      create table notification (
        id text primary key,
        account_id text not null references account,
        channel_id text not null,
        rule_id text,
        incident_id text,
        type text not null check (type in ('alert.firing', 'alert.resolved', 'alert.test', 'channel.verify', 'channel.disabled')),
        body jsonb not null,
        status text not null check (status in ('pending', 'delivered', 'failed')),
        attempts integer not null default 0,
        next_attempt_at timestamptz,
        created_at timestamptz not null,
        finished_at timestamptz,
        dedupe text unique
      );
      create index notification_account on notification (account_id, created_at desc, id desc);
      create index notification_pending on notification (next_attempt_at) where status = 'pending';
      comment on column notification.dedupe is 'What may be told only once: incident, type, turn and channel';

      create table delivery_attempt (
        notification_id text not null references notification on delete cascade,
        number integer not null,
        at timestamptz not null,
        duration_ms integer not null,
        outcome text not null,
        status integer,
        detail text,
        primary key (notification_id, number)
      );
    `)
  }

  override down(): void {
    this.addSql('drop table delivery_attempt, notification, incident, alert_state, alert_rule, channel')
  }
}
