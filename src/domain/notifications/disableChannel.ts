import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { MemberSchema } from '../accounts/Member.ts'
import { audit, auditOperators } from '../audit/audit.ts'
import { newId } from '../ids.ts'
import { type Channel, isOperators } from './Channel.ts'
import { insertNotification } from './insertNotification.ts'

/**
 * What the one who delivers knows. `channelsUrl`: the dashboard's page of channels, null where nobody knows its
 * address.
 */
export type Facts = { now: Date; canMail: boolean; channelsUrl: string | null }

/**
 * Switches a channel off, says so in the audit log and, where there is an SMTP server, by email to every admin of the
 * account. Returns those notifications, for their jobs. A webhook of the operators is in theirs.
 */
export async function disableChannel(
  em: SqlEntityManager,
  channel: Channel,
  reason: string,
  { now, canMail, channelsUrl: url }: Facts,
): Promise<string[]> {
  Object.assign(channel, { disabledAt: now, disabledReason: reason })
  const actor = { type: 'system', id: 'deliveries' } as const
  const entry = { at: now, targetId: channel.id, details: { name: channel.name, reason } }
  if (isOperators(channel)) {
    auditOperators(em, { actor }, { ...entry, action: 'webhook.disabled' })
    return []
  }
  const accountId = channel.accountId ?? null
  audit(em, { accountId, actor }, { ...entry, action: 'channel.disabled' })
  if (!canMail) return []
  const admins = await em.find(MemberSchema, { accountId, role: 'admin', status: 'active' })
  const ids: string[] = []
  for (const { id: memberId } of admins) {
    const id = newId('notification')
    const data = {
      channelId: channel.id,
      channel: channel.name,
      type: channel.type,
      reason,
      since: channel.failingSince?.toISOString() ?? null,
      memberId,
      url,
    }
    await insertNotification(
      em,
      { id, accountId, channelId: channel.id, type: 'channel.disabled', data },
      now,
    )
    ids.push(id)
  }
  return ids
}
