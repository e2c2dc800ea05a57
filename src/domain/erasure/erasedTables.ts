/**
 * The rows of an account in one table. `key`: the columns of its primary key; `of`: whose they are; `but`: which of
 * them stay.
 */
export type ErasedTable = { key: string; of: 'account' | 'key'; but?: string }

/** Recorded at the end, and pushed, perhaps while another run of the same job still deletes. It has the ID only. */
export const LAST_EVENT = `type = 'account.erased'`

/**
 * Every table with rows of an account, in the order of their deletion. What refers to a row with `on delete cascade`
 * goes with it. A test compares this list and `OTHER_TABLES` with the tables that there are.
 */
export const ERASED_TABLES: Record<string, ErasedTable> = {
  notification: { key: 'id', of: 'account' },
  incident: { key: 'id', of: 'account' },
  alert_rule: { key: 'id', of: 'account' },
  channel: { key: 'id', of: 'account' },
  invitation_email: { key: 'id', of: 'account' },
  audit_entry: { key: 'id', of: 'account' },
  usage_minute: { key: 'key_id, at', of: 'account' },
  usage_hour: { key: 'key_id, at', of: 'account' },
  usage_folded: { key: 'key_id, at', of: 'account' },
  usage_ip: { key: 'key_id, at, ip', of: 'key' },
  session_link: { key: 'digest', of: 'account' },
  guest_session: { key: 'id', of: 'account' },
  endpoint: { key: 'id', of: 'account' },
  imported_form: { key: 'account_id, prefix, length', of: 'account' },
  usage_accepted: { key: 'account_id, day', of: 'account' },
  quota_reached: { key: 'subject, quota, period', of: 'account' },
  quota_month: { key: 'account_id, month', of: 'account' },
  quota_day: { key: 'key_id, day, region', of: 'key' },
  api_key_use: { key: 'key_id', of: 'key' },
  key_region: { key: 'key_id, region', of: 'key' },
  // Last: rules are gone and keys have ended, so nothing records an event of theirs any more. Pending ones first: what
  // a worker moves into the record meanwhile then goes with the record's rows.
  lifecycle_event_pending: { key: 'id', of: 'account', but: LAST_EVENT },
  lifecycle_event: { key: 'position', of: 'account', but: LAST_EVENT },
}

/** The other tables, and why the list above does not have them. */
export const OTHER_TABLES: Record<string, string> = {
  account: 'Goes last.',
  api_key:
    'Goes next to last: until every region has forgotten the keys, their rows say that they have ended.',
  command: 'Goes but for the erasure itself, which says who asked for it.',
  usage_day: 'Its units move to erased_usage in the same statement.',
  member: 'Goes with persons who are a member nowhere else.',
  person: 'Goes with the last member of that person.',
  password_reset: 'Goes with the last member of that address.',
  erasure: 'Kept so that late usage is recognised: the ID.',
  erased_usage: 'Kept for invoices: units per day.',
  journal: 'Kept for 40 days, so that no restored backup brings a key back: IDs.',
  session: 'Goes with the member.',
  invitation: 'Goes with the member.',
  alert_state: 'Goes with the alert rule.',
  delivery_attempt: 'Goes with the notification.',
  command_region: 'Goes with the command.',
  outbox: 'Messages of some seconds, which carry IDs.',
  usage_claim: 'Hashes of IDs, for 36 days.',
  lifecycle_event_account: 'Kept so that `account.erased` has the next number of the account: the ID.',
  lifecycle_event_head: 'Of the service.',
  journal_head: 'Of the service.',
  layout: 'Of the service.',
  event_id_rule: 'Of the service.',
  schema_version: 'Of the service.',
  region: 'Of the service.',
  region_epoch: 'Of the service.',
  service_token:
    'Of the service. Those that name the account keep its ID: it is part of how their reports are numbered.',
  operator_token: 'Of the service.',
  backup: 'Of the service. The files have the account until they are pruned.',
  plan: 'Of the service.',
  operator_audit_entry: 'Of the service: says who asked for the erasure.',
}
