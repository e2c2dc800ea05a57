import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { MemberSchema } from '../../../domain/accounts/Member.ts'
import { AuditEntrySchema } from '../../../domain/audit/AuditEntry.ts'
import { partyNames } from '../../../domain/audit/partyNames.ts'
import { type Actor, CommandSchema } from '../../../domain/commands/Command.ts'
import { readLatestEvents } from '../../../domain/events/eventStore.ts'
import { lastUses, listKeys } from '../../../domain/keys/keyStore.ts'
import { presentKey } from '../../../domain/keys/presentKey.ts'
import { NotificationSchema } from '../../../domain/notifications/Notification.ts'
import { type Html, html } from '../../html.ts'
import { bad, tableOf } from '../elements.ts'

/** Rows of each table: the latest. */
const ROWS = 20

type Cell = string | number | Html

const mono = (text: string) => html`<span class="mono">${text}</span>`
const at = (instant: Date | string | null | undefined) =>
  instant ? (typeof instant === 'string' ? instant : instant.toISOString()) : '–'

function table(caption: string, titles: string[], rows: Cell[][], total = rows.length): Html {
  if (rows.length === 0) return html`<p class="quiet">None.</p>`
  const more = total > rows.length ? html`<p class="quiet">The latest ${rows.length} of ${total}.</p>` : ''
  return html`${more}${tableOf(
    caption,
    titles.map((title) => ({ title })),
    rows,
  )}`
}

export async function keysTable(em: SqlEntityManager, accountId: string, now: Date): Promise<Html> {
  const page = { limit: ROWS, offset: 0, order: { by: 'createdAt', descending: true } } as const
  const { keys, total } = await listKeys(em, accountId, {}, page, now)
  const uses = await lastUses(
    em,
    keys.map(({ id }) => id),
  )
  const rows = keys.map((key) => {
    const shown = presentKey(key, uses.get(key.id) ?? null, now)
    const status = shown.status === 'active' ? shown.status : bad(shown.status)
    const { name, id, type, access, hint } = shown
    return [name, mono(id), type, access, status, mono(hint), at(shown.createdAt), at(shown.lastUsedAt)]
  })
  const titles = ['Key', 'ID', 'Type', 'Access', 'Status', 'Ends in', 'Created at', 'Last used at']
  return table('Keys', titles, rows, total)
}

export async function membersTable(em: SqlEntityManager, accountId: string): Promise<Html> {
  const [members, total] = await em.findAndCount(
    MemberSchema,
    { accountId },
    { orderBy: { createdAt: 'desc', id: 'desc' }, limit: ROWS },
  )
  const rows = members.map(({ email, id, role, status, createdAt }) => [
    email,
    mono(id),
    role,
    status,
    at(createdAt),
  ])
  return table('Members', ['Email', 'ID', 'Role', 'Status', 'Created at'], rows, total)
}

export async function commandsTable(em: SqlEntityManager, accountId: string): Promise<Html> {
  const commands = await em.find(
    CommandSchema,
    { accountId },
    { orderBy: { createdAt: 'desc', id: 'desc' }, limit: ROWS },
  )
  const rows = commands.map(({ kind, id, status, actor, createdAt, finishedAt, problem }) => [
    kind,
    mono(id),
    status === 'failed' ? bad(`failed: ${problem?.code ?? 'unknown'}`) : status,
    `${actor.type} ${actor.id}`,
    at(createdAt),
    at(finishedAt),
  ])
  return table('Commands', ['Command', 'ID', 'Status', 'Asked by', 'Asked at', 'Finished at'], rows)
}

export async function auditTable(em: SqlEntityManager, accountId: string): Promise<Html> {
  const entries = await em.find(AuditEntrySchema, { accountId }, { orderBy: { id: 'desc' }, limit: ROWS })
  const names = await partyNames(em, accountId, entries)
  const rows = entries.map(({ action, targetId, actor, at: when }) => [
    action,
    names.get(targetId ?? '') ?? '–',
    mono(targetId ?? '–'),
    names.get(actor.id) ?? `${actor.type} ${actor.id}`,
    at(when),
  ])
  return table('Audit log', ['Action', 'Of', 'ID', 'By', 'At'], rows)
}

export async function eventsTable(em: SqlEntityManager, accountId: string): Promise<Html> {
  const events = await readLatestEvents(em, accountId, ROWS)
  const rows = events.map(({ type, sequence, subject, id, data, at: when }) => [
    type,
    sequence,
    mono(subject),
    mono(id),
    actorOf(data),
    new Date(when).toISOString(),
  ])
  return table('Events', ['Event', 'Sequence', 'Of', 'ID', 'By', 'At'], rows)
}

function actorOf({ actor }: Record<string, unknown>): string {
  const { type, id } = actor as Pick<Actor, 'type' | 'id'>
  return `${type} ${id}`
}

/** To the account's channels, and of its events to the webhooks of the operators. */
export async function deliveriesTable(em: SqlEntityManager, accountId: string): Promise<Html> {
  const latest = { orderBy: { createdAt: 'desc', id: 'desc' }, limit: ROWS } as const
  // Each by an index of its own.
  const own = await em.find(NotificationSchema, { accountId }, latest)
  const toOperators = await em.find(
    NotificationSchema,
    { eventAccountId: accountId, accountId: null },
    latest,
  )
  const sent = [...own, ...toOperators].toSorted((one, other) => +other.createdAt - +one.createdAt)
  const rows = sent
    .slice(0, ROWS)
    .map(({ type, id, channelId, eventId, status, attempts, createdAt, nextAttemptAt }) => [
      type,
      mono(id),
      mono(channelId),
      mono(eventId ?? '–'),
      status === 'failed' ? bad(status) : status,
      attempts,
      at(createdAt),
      at(nextAttemptAt),
    ])
  const titles = ['Message', 'ID', 'Channel', 'Event', 'Status', 'Attempts', 'Created at', 'Next attempt at']
  return table('Deliveries', titles, rows)
}
