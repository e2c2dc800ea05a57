import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { audit } from '../../domain/audit/audit.ts'
import { neededFor } from '../../domain/events/eventPatterns.ts'
import { Failure } from '../../domain/failure.ts'
import { requireToRead } from '../../domain/keys/holding.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { addSecret, changeTarget } from '../../domain/notifications/changeTarget.ts'
import { loadChannel } from '../../domain/notifications/channelStore.ts'
import { deliveryJob } from '../../domain/notifications/deliveryJob.ts'
import { presentChannel } from '../../domain/notifications/presentChannel.ts'
import { makeDueNow } from '../../domain/notifications/recordAttempt.ts'
import { subscribe } from '../../domain/notifications/subscribe.ts'
import { requireTestBudget } from '../../domain/notifications/testBudget.ts'
import { setLink, tryChannel } from '../../domain/notifications/tryChannel.ts'
import { commandJob } from './commandJob.ts'

/** A test message goes to another address. Who sends events to it must be able to read them. */
export const updateChannel = commandJob('update-channel', async ({ em, command, payload, now }) => {
  const { name, move, events } = payload
  if (events || move) await lockAccount(em, command.accountId)
  const channel = await loadChannel(em, command.accountId, payload.channelId, { lock: true })
  const isRenamed = name !== null && name !== channel.name
  const fields = [
    ...(isRenamed ? ['name'] : []),
    ...(move ? [channel.type === 'email' ? 'to' : 'url'] : []),
    ...(events ? ['events'] : []),
  ]
  if (events) await subscribe(em, channel, events, await loadHolder(em, command))
  else if (move && channel.events)
    requireToRead(await loadHolder(em, command), neededFor(channel.events), 'url')
  if (isRenamed) channel.name = name
  if (fields.length > 0)
    audit(em, command, { at: now, action: 'channel.updated', targetId: channel.id, details: { fields } })
  if (!move) return { result: presentChannel(channel) }
  await requireTestBudget(em, command.accountId, now)
  changeTarget(channel, move.sealedTarget)
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
    [channel.id, command.accountId, channel.id],
  )
  em.remove(channel)
  const details = { type: channel.type, name: channel.name }
  audit(em, command, { at: now, action: 'channel.deleted', targetId: channel.id, details })
  return { result: { id: channel.id } }
})

/** An unconfirmed address gets a new link instead. The previous link ends. */
export const testChannel = commandJob('test-channel', async ({ em, command, payload, now }) => {
  await lockAccount(em, command.accountId)
  const channel = await loadChannel(em, command.accountId, payload.channelId, { lock: true })
  await requireTestBudget(em, command.accountId, now)
  const link = channel.verifiedAt ? null : payload.link
  if (link) setLink(channel, link, now)
  const { notificationId, follow } = await tryChannel(em, channel, link, now)
  audit(em, command, { at: now, action: 'channel.tested', targetId: channel.id, details: { notificationId } })
  return { result: { notificationId, status: 'pending' }, follow }
})

export const rotateChannelSecret = commandJob(
  'rotate-channel-secret',
  async ({ em, command, payload, now }) => {
    const channel = await loadChannel(em, command.accountId, payload.channelId, { lock: true })
    if (channel.type !== 'webhook')
      throw new Failure('channel-has-no-secret', { detail: 'Only webhooks have a signing secret.' })
    const formerUntil = addSecret(channel, payload.sealedSecret, now)
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
