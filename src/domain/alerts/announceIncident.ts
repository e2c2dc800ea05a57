import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Command } from '../commands/Command.ts'
import { recordEvent } from '../events/recordEvent.ts'
import type { AlertRule } from './AlertRule.ts'
import type { CloseReason } from './closeIncidents.ts'
import type { IncidentResource } from './incidents.ts'

/** Evaluations end incidents that have recovered; edits of their rule end the others. */
type Ending = { by?: Pick<Command, 'actor'>; reason?: CloseReason | 'recovered' }

/** Records the lifecycle event of an incident that has begun or ended, in the transaction of that. */
export function announceIncident(
  em: SqlEntityManager,
  rule: AlertRule,
  incident: IncidentResource,
  { by = { actor: { type: 'system', id: 'alerts' } }, reason = 'recovered' }: Ending = {},
): void {
  const { id, name, metric, severity, accountId } = rule
  const isOver = incident.resolvedAt !== null
  recordEvent(
    em,
    { accountId, actor: by.actor },
    {
      type: isOver ? 'alert.resolved' : 'alert.firing',
      subject: incident.id,
      at: new Date(incident.resolvedAt ?? incident.startedAt),
      data: { alert: { id, name, metric, severity }, incident, ...(isOver ? { reason } : {}) },
    },
  )
}
