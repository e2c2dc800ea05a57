/** Every type of lifecycle event, and when it is recorded. */
export const EVENT_TYPES = {
  'account.created': 'An account was created.',
  'account.erased': 'All that an account had is deleted, and its earlier events with it.',
  'account.resumed': 'The suspension of an account ended.',
  'account.suspended': 'An account was suspended.',
  'account.updated':
    'The name, external ID, metadata, plan or limits of an account changed, or the limits of its plan. `fields` says what.',
  'alert.firing': 'An incident of an alert rule began, whether or not the rule is muted.',
  'alert.resolved': 'An incident ended. `reason` says why.',
  'api_key.created': 'A key was created, imported, or moved into the account.',
  'api_key.deleted': 'A key was deleted.',
  'api_key.expired': 'A key expired. Recorded within a minute or so; the key is refused from its expiry on.',
  'api_key.expiring': 'A key expires within seven days. Recorded once per key and expiry.',
  'api_key.quota_reached':
    'A request was refused because a test key had used its renders of the day, or the account its renders of the month. Recorded when the first such refusal is counted, usually within two seconds. Once per key or account, `quota` and `period`.',
  'api_key.revoked': 'A key was revoked, or moved out of the account.',
  'api_key.rotated': 'A key was rotated. `apiKey` is the previous key, `successor` the new one.',
  'api_key.updated': 'A key was renamed or edited. `fields` says what changed.',
  'member.added': 'A member was added with a password.',
  'member.invited': 'A member was invited, or invited again.',
  'member.joined': 'A member accepted an invitation.',
  'member.removed': 'A member was removed.',
  'member.updated': 'The role, name or password of a member changed. `fields` says what.',
  'usage.day_closed':
    'The exact usage of a UTC day by key, an hour after its end. Recorded again, with a higher `revision`, when late usage changes it.',
} as const

export type EventType = keyof typeof EVENT_TYPES
export const EVENT_TYPE_NAMES = Object.keys(EVENT_TYPES) as EventType[]
