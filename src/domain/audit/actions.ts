/** Every action of the audit log, and when it is written. */
export const AUDIT_ACTIONS = {
  'account.created': 'An account was created.',
  'account.exported': 'Somebody exported the account. Written before the first line is read.',
  'account.imports-allowed': 'An operator allowed the admins of the account to import keys.',
  'account.imports-refused': 'An operator forbade the admins of the account to import keys.',
  'account.plan-changed': 'The plan or the limits of the account changed.',
  'account.resumed': 'The suspension of the account ended.',
  'account.suspended': 'The account was suspended.',
  'account.suspension-complete':
    'A suspension is complete: each region confirmed it, or its lease has run out.',
  'account.updated': 'The name, external ID or metadata of the account changed.',
  'alert.created': 'An alert rule was created.',
  'alert.deleted': 'An alert rule was deleted.',
  'alert.muted': 'An alert rule was muted or unmuted.',
  'alert.updated': 'An alert rule was edited.',
  'api-key.created': 'A key was created.',
  'api-key.deleted': 'A key was deleted.',
  'api-key.expired': 'A key expired.',
  'api-key.imported': 'A key was imported by its SHA-256.',
  'api-key.moved-in': 'An operator moved an imported key into this account.',
  'api-key.moved-out': 'An operator moved an imported key to another account.',
  'api-key.revocation-complete':
    'A revocation is complete: each region confirmed it, or its lease has run out.',
  'api-key.revoked': 'A key was revoked.',
  'api-key.rotated': 'A key was rotated: it has a successor.',
  'api-key.updated': 'A key was renamed or edited.',
  'api-keys.imported': 'An import ended.',
  'channel.created': 'A channel was created.',
  'channel.deleted': 'A channel was deleted.',
  'channel.disabled': 'A channel was disabled because messages to it failed.',
  'channel.secret-rotated': 'The signing secret of a webhook was rotated.',
  'channel.tested': 'Somebody asked for a test message to a channel.',
  'channel.updated': 'A channel was renamed, or got another address.',
  'channel.verified': 'Somebody confirmed an email channel by its link.',
  'member.added': 'A member was added with a password.',
  'member.invited': 'A member was invited.',
  'member.joined': 'A member accepted an invitation.',
  'member.removed': 'A member was removed.',
  'member.reset-link-created': 'An operator created a link with which the member sets a new password.',
  'member.updated': 'The role, name or password of a member changed.',
  'notification.redelivered': 'Somebody asked to send a notification again.',
  'session.ended': 'A member or guest signed out, or switched to another account.',
  'session.refused': 'Sign-in was blocked after too many failures.',
  'session.started': 'A member signed in or switched to this account, or a guest opened a session link.',
} as const

export type AuditAction = keyof typeof AUDIT_ACTIONS

/** Every action of the operators' audit log, and when it is written. */
export const OPERATOR_ACTIONS = {
  'account.erased': 'Somebody asked to erase an account. Its own audit log goes with it.',
  'database.recovered': 'What ended after the backup was brought back into a restored database.',
  'operator-token.created': 'An operator token was created.',
  'operator-token.revoked': 'An operator token was revoked.',
  'plan.changed': 'The limits, the label or the order of a plan changed.',
  'plan.created': 'A plan was created.',
  'regions.divided': 'The regions were divided into more shards.',
  'service-token.created': 'A service token was created.',
  'service-token.revocation-complete':
    'A revocation is complete: each region confirmed it, or its lease has run out.',
  'service-token.revoked': 'A service token was revoked.',
  'webhook.created': 'A webhook of the operators was created.',
  'webhook.deleted': 'A webhook of the operators was deleted.',
  'webhook.disabled': 'A webhook of the operators was disabled because messages to it failed.',
  'webhook.redelivered': 'Somebody asked to send an event to a webhook of the operators again.',
  'webhook.secret-rotated': 'The signing secret of a webhook of the operators was rotated.',
  'webhook.tested': 'Somebody asked for a test message to a webhook of the operators.',
  'webhook.updated': 'The name, the URL or the events of a webhook of the operators changed.',
} as const

export type OperatorAction = keyof typeof OPERATOR_ACTIONS
