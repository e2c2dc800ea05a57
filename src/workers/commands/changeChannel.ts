import { audit } from '../../domain/audit/audit.ts'
import { Failure } from '../../domain/failure.ts'
import type { SealedSecret } from '../../domain/notifications/Channel.ts'
import { loadChannel } from '../../domain/notifications/channelStore.ts'
import { deliveryJob } from '../../domain/notifications/deliveryJob.ts'
import { presentChannel } from '../../domain/notifications/presentChannel.ts'
import { makeDueNow } from '../../domain/notifications/recordAttempt.ts'
import { requireTestBudget } from '../../domain/notifications/testBudget.ts'
import { setLink, tryChannel } from '../../domain/notifications/tryChannel.ts'
import { DAY_MS } from '../../domain/time.ts'
import { commandJob } from './commandJob.ts'

/** How long a webhook's former signing secret signs, too. */
const OVERLAP_MS = DAY_MS

/**
 * A channel with another address keeps its ID and secret, and is otherwise new: not verified, not disabled, and a test
 * message goes there. Messages still on their way to the previous address say nothing about the new one
 * (`recordAttempt`).
 */
export const updateChannel = commandJob('update-channel', async ({ em, command, payload, now }) => {
  const channel = await loadChannel(em, command.accountId, payload.channelId, { lock: true })
  const { name, move } = payload
  const isRenamed = name !== null && name !== channel.name
  const fields = [...(isRenamed ? ['name'] : []), ...(move ? [channel.type === 'email' ? 'to' : 'url'] : [])]
  if (isRenamed) channel.name = name
  if (fields.length > 0)
    audit(em, command, { at: now, action: 'channel.updated', targetId: channel.id, details: { fields } })
  if (!move) return { result: presentChannel(channel) }
  await requireTestBudget(em, channel.accountId, now)
  Object.assign(channel, {
    sealedTarget: move.sealedTarget,
    verifiedAt: null,
    failingSince: null,
    disabledAt: null,
    disabledReason: null,
  })
  if (move.link) setLink(channel, move.link, now)
  const { follow } = await tryChannel(em, channel, move.link, now)
  return { result: presentChannel(channel), follow }
})

/**
 * Rules forget the channel in the same transaction; what is under way to it ends. Its notifications stay in the log.
 */
export const deleteChannel = commandJob('delete-channel', async ({ em, command, payload, now }) => {
  const channel = await loadChannel(em, command.accountId, payload.channelId, { lock: true })
  await em.execute(
    `update alert_rule set channel_ids = channel_ids - ?::text, version = version + 1
     where account_id = ? and channel_ids @> to_jsonb(?::text)`,
    [channel.id, channel.accountId, channel.id],
  )
  em.remove(channel)
  const details = { type: channel.type, name: channel.name }
  audit(em, command, { at: now, action: 'channel.deleted', targetId: channel.id, details })
  return { result: { id: channel.id } }
})

/** An unconfirmed address gets a new link instead. The previous link ends. */
export const testChannel = commandJob('test-channel', async ({ em, command, payload, now }) => {
  const channel = await loadChannel(em, command.accountId, payload.channelId, { lock: true })
  await requireTestBudget(em, channel.accountId, now)
  const link = channel.verifiedAt ? null : payload.link
  if (link) setLink(channel, link, now)
  const { notificationId, follow } = await tryChannel(em, channel, link, now)
  audit(em, command, { at: now, action: 'channel.tested', targetId: channel.id, details: { notificationId } })
  return { result: { notificationId, status: 'pending' }, follow }
})

/** The new secret signs from now on, with the previous one beside it for a day. An older one no longer signs. */
export const rotateChannelSecret = commandJob(
  'rotate-channel-secret',
  async ({ em, command, payload, now }) => {
    const channel = await loadChannel(em, command.accountId, payload.channelId, { lock: true })
    if (channel.type !== 'webhook')
      throw new Failure('channel-has-no-secret', { detail: 'Only webhooks have a signing secret.' })
    const [former] = JSON.parse(channel.sealedSecrets ?? '[]') as SealedSecret[]
    const formerUntil = new Date(now.getTime() + OVERLAP_MS).toISOString()
    const secrets: SealedSecret[] = [
      { sealed: payload.sealedSecret, validUntil: null },
      ...(former ? [{ sealed: former.sealed, validUntil: formerUntil }] : []),
    ]
    channel.sealedSecrets = JSON.stringify(secrets)
    const details = { formerUntil }
    audit(em, command, { at: now, action: 'channel.secret-rotated', targetId: channel.id, details })
    return { result: { ...presentChannel(channel), formerUntil } }
  },
)

/** By the link of its email: whoever read that confirms. A second time changes nothing. */
export const confirmChannel = commandJob('confirm-channel', async ({ em, command, payload, now }) => {
  const channel = await loadChannel(em, command.accountId, payload.channelId, { lock: true })
  const alive = channel.verificationEndsAt && channel.verificationEndsAt > now
  if (channel.verificationDigest !== payload.digest || !alive)
    throw new Failure('channel-not-found', { detail: 'The link is no longer valid.' })
  if (channel.verifiedAt) return { result: { id: channel.id } }
  channel.verifiedAt = now
  audit(em, command, { at: now, action: 'channel.verified', targetId: channel.id })
  const waiting = await makeDueNow(em, channel.id, now)
  return { result: { id: channel.id }, follow: waiting.map(deliveryJob) }
})
