import { AUDIT_ACTIONS, OPERATOR_ACTIONS } from '../../domain/audit/actions.ts'
import { EVENT_TYPES } from '../../domain/events/eventTypes.ts'
import type { MessageType } from '../../domain/notifications/Notification.ts'
import { code, table } from './table.ts'

const NOTIFICATIONS: Record<MessageType, string> = {
  'alert.firing': 'An incident began, goes on after `repeatInterval`, or fires when a mute ends.',
  'alert.resolved': 'An incident ended. `reason` says why.',
  'alert.test': 'A sample: somebody tested a rule or a channel, or a channel was created.',
  'webhook.test': 'Somebody tested a webhook of the operators, or it was created or got another URL.',
  'channel.verify': 'The link that confirms an email channel.',
  'channel.disabled': 'A channel was disabled because messages to it failed. Admins receive it by email.',
}

const rowsOf = (meanings: Record<string, string>) =>
  Object.entries(meanings).map(([name, meaning]) => [code(name), meaning])

export const notificationTable = (): string => table(['type', 'meaning'], rowsOf(NOTIFICATIONS))

export const auditTable = (): string =>
  [
    table(['action', 'meaning'], rowsOf(AUDIT_ACTIONS)),
    'Of the operators’ own audit log, which `bin/keys audit-log` shows:',
    table(['action', 'meaning'], rowsOf(OPERATOR_ACTIONS)),
  ].join('\n\n')
export const eventTable = (): string => table(['type', 'meaning'], rowsOf(EVENT_TYPES))
