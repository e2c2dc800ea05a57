import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { audit } from '../../domain/audit/audit.ts'
import { Failure } from '../../domain/failure.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { ChannelSchema } from '../../domain/notifications/Channel.ts'
import { presentChannel } from '../../domain/notifications/presentChannel.ts'
import { subscribe } from '../../domain/notifications/subscribe.ts'
import { requireTestBudget } from '../../domain/notifications/testBudget.ts'
import { setLink, tryChannel } from '../../domain/notifications/tryChannel.ts'
import { commandJob } from './commandJob.ts'

const MOST_CHANNELS = 50

/** The channel, and the message that verifies it, in one transaction. */
export const createChannel = commandJob('create-channel', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  if ((await em.count(ChannelSchema, { accountId: account.id })) >= MOST_CHANNELS)
    throw new Failure('channel-limit-reached', {
      detail: `An account has at most ${MOST_CHANNELS} channels.`,
    })
  await requireTestBudget(em, account.id, now)
  const { channelId: id, type, name, sealedTarget, sealedSecret, link, events } = payload
  const secrets = sealedSecret === null ? null : [{ sealed: sealedSecret, validUntil: null }]
  const channel = em.create(ChannelSchema, {
    id,
    accountId: account.id,
    type,
    name,
    sealedTarget,
    sealedSecrets: secrets && JSON.stringify(secrets),
    createdAt: now,
  })
  if (link) setLink(channel, link, now)
  if (events.length > 0) await subscribe(em, channel, events, await loadHolder(em, command))
  await em.persist(channel).flush()
  const details = { type, name, ...(events.length > 0 ? { events } : {}) }
  audit(em, command, { at: now, action: 'channel.created', targetId: id, details })
  const { follow } = await tryChannel(em, channel, link, now)
  return { result: presentChannel(channel), follow }
})
