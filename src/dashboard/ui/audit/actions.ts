import type { AuditEntry } from '../../api/types.ts'
import { instantText } from '../format/formatTime.ts'

type Details = AuditEntry['details']

/**
 * How an action reads. `actor before TARGET after`; without an actor `before` begins the sentence, for what happens by
 * itself.
 */
export type Wording = {
  /** In the filter. */
  label: string
  before: (details: Details) => string
  after?: (details: Details) => string
  byItself?: boolean
  /** The sentence says it all. */
  withoutTarget?: boolean
}

const fieldNames: Record<string, string> = {
  allowedIps: 'allowed IPs',
  expiresAt: 'expiry',
  keyIds: 'keys',
  channelIds: 'channels',
  forMinutes: 'duration',
  to: 'address',
  url: 'URL',
}

/** `name, role and password` */
function fieldsText({ fields }: Details): string {
  const names = (Array.isArray(fields) ? fields : []).map(
    (field) =>
      fieldNames[String(field)] ??
      String(field)
        .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
        .replace(/ minutes$/, ''),
  )
  return names.length === 0 ? 'something' : new Intl.ListFormat('en').format(names)
}

const changed = (what: string) => (details: Details) => `changed ${fieldsText(details)} of the ${what}`
const says = (text: string) => () => text
const reason = ({ reason }: Details) => (typeof reason === 'string' && reason !== '' ? `: “${reason}”` : '')
const role = ({ role }: Details) => (typeof role === 'string' ? `as ${role}` : '')

function blocked({ from }: Details): string {
  const what = from === 'anywhere' ? 'new devices' : from === 'device' ? 'a known device' : 'one network'
  return `blocked ${what} for up to 15 minutes`
}

function muted({ until }: Details): string {
  return typeof until === 'string' ? 'muted the alert' : 'ended the mute of the alert'
}

/** Every action that is written into the audit log, by subject. */
export const actions: Record<string, Record<string, Wording>> = {
  'API keys': {
    'api-key.created': {
      label: 'Key created',
      before: ({ type }) => `created the ${type === 'test' ? 'test ' : ''}key`,
    },
    'api-key.updated': { label: 'Key changed', before: changed('key') },
    'api-key.rotated': { label: 'Key rotated', before: says('rotated the key') },
    'api-key.revoked': { label: 'Key revoked', before: says('revoked the key'), after: reason },
    'api-key.revocation-complete': {
      label: 'Revocation confirmed',
      before: says('The revocation of the key'),
      after: says('is confirmed in every region'),
      byItself: true,
    },
    'api-key.expired': {
      label: 'Key expired',
      before: says('The key'),
      after: says('expired'),
      byItself: true,
    },
    'api-key.deleted': { label: 'Key deleted', before: says('deleted the key') },
    'api-key.imported': { label: 'Key imported', before: says('imported the key') },
    'api-key.moved-in': { label: 'Key moved in', before: says('moved the key into this account:') },
    'api-key.moved-out': { label: 'Key moved out', before: says('moved the key to another account:') },
    'api-keys.imported': {
      label: 'Import finished',
      before: ({ imported, total }) => `imported ${imported} of ${total} keys`,
      withoutTarget: true,
    },
  },
  Sessions: {
    'session.started': { label: 'Signed in', before: says('signed in'), withoutTarget: true },
    'session.ended': { label: 'Signed out', before: says('signed out'), withoutTarget: true },
    'session.refused': {
      label: 'Sign-in blocked',
      before: says('Too many wrong passwords for'),
      after: blocked,
      byItself: true,
    },
  },
  Members: {
    'member.added': { label: 'Member added', before: says('added the member'), after: role },
    'member.invited': { label: 'Member invited', before: says('invited the member'), after: role },
    'member.joined': { label: 'Member joined', before: says('accepted the invitation'), withoutTarget: true },
    'member.updated': { label: 'Member changed', before: changed('member') },
    'member.reset-link-created': {
      label: 'Reset link created',
      before: says('created a link for another password of the member'),
    },
    'member.removed': { label: 'Member removed', before: says('removed the member') },
  },
  Alerts: {
    'alert.created': { label: 'Alert created', before: says('created the alert') },
    'alert.updated': { label: 'Alert changed', before: changed('alert') },
    'alert.muted': {
      label: 'Alert muted',
      before: muted,
      after: ({ until }) => (typeof until === 'string' ? `until ${instantText(until)}` : ''),
    },
    'alert.deleted': { label: 'Alert deleted', before: says('deleted the alert') },
    'notification.redelivered': {
      label: 'Notification sent again',
      before: says('sent the notification'),
      after: says('again'),
    },
  },
  Channels: {
    'channel.created': { label: 'Channel created', before: says('created the channel') },
    'channel.updated': { label: 'Channel changed', before: changed('channel') },
    'channel.tested': { label: 'Channel tested', before: says('sent a test message to the channel') },
    'channel.verified': {
      label: 'Channel verified',
      before: says('The channel'),
      after: says('was verified'),
      byItself: true,
    },
    'channel.disabled': {
      label: 'Channel disabled',
      before: says('The channel'),
      after: (details) => `was switched off${reason(details)}`,
      byItself: true,
    },
    'channel.secret-rotated': {
      label: 'Signing secret rotated',
      before: says('gave another signing secret to the channel'),
    },
    'channel.deleted': { label: 'Channel deleted', before: says('deleted the channel') },
  },
  Account: {
    'account.created': { label: 'Account created', before: says('created the account'), withoutTarget: true },
    'account.updated': { label: 'Account changed', before: changed('account'), withoutTarget: true },
    'account.exported': {
      label: 'Account exported',
      before: says('exported the account'),
      withoutTarget: true,
    },
    'account.imports-allowed': {
      label: 'Imports allowed',
      before: says('allowed this account to import keys'),
      withoutTarget: true,
    },
    'account.imports-refused': {
      label: 'Imports refused',
      before: says('stopped this account from importing keys'),
      withoutTarget: true,
    },
    'account.plan-changed': {
      label: 'Plan changed',
      before: ({ from, to }) =>
        from === to ? `changed the limits of the plan ${to}` : `changed the plan from ${from} to ${to}`,
      withoutTarget: true,
    },
  },
}

const byAction = new Map(Object.values(actions).flatMap((group) => Object.entries(group)))

/** How an action reads, also one that is not known here. */
export const wordingOf = (action: string): Wording =>
  byAction.get(action) ?? { label: action, before: () => `did ${action} to` }
