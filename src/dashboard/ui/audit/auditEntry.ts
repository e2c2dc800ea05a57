import type { AuditEntry } from '../../api/types.ts'

/** Who did it, as a sentence begins. */
export function actorText({ type, id, name, madeBy, madeByName }: AuditEntry['actor']): string {
  if (type === 'guest') return `${name ?? 'Somebody'} (guest of ${madeByName ?? madeBy})`
  if (type === 'member') return name ?? 'A removed member'
  if (type === 'api_key') return `The key ${name ?? id}`
  if (type === 'operator_token') return `The operator token ${name ?? id}`
  if (type === 'operator') return `The operator ${id}`
  return 'The service'
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** What it was done to: the latest name, else that of then, else the ID. */
export function targetText({ targetName, targetId, details }: AuditEntry): string {
  return targetName ?? textOf(details.name) ?? textOf(details.email) ?? targetId ?? ''
}

const PAGES: Record<string, (id: string) => string> = {
  key: (id) => `/keys/${id}`,
  alert: (id) => `/alerts/${id}`,
  chan: () => '/channels',
  mem: () => '/members',
  ntf: () => '/notifications',
}

/** The page of the target; undefined where there is none, or it is gone. */
export function targetPage({ action, targetId, targetName }: AuditEntry): string | undefined {
  const prefix = targetId?.split('_')[0] ?? ''
  const isGone = /\.(deleted|removed)$/.test(action) || (targetName === null && prefix !== 'ntf')
  return targetId === null || isGone ? undefined : PAGES[prefix]?.(targetId)
}
