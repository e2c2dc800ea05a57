import { auditOperators } from '../../domain/audit/audit.ts'
import { readHead } from '../../domain/events/eventStore.ts'
import { ChannelSchema } from '../../domain/notifications/Channel.ts'
import { addSecret, changeTarget } from '../../domain/notifications/changeTarget.ts'
import { presentDelivery, presentWebhook } from '../../domain/notifications/presentWebhook.ts'
import { sendAgain } from '../../domain/notifications/sendAgain.ts'
import { tryChannel } from '../../domain/notifications/tryChannel.ts'
import { loadDelivery, loadWebhook, requireRoom } from '../../domain/notifications/webhookStore.ts'
import { commandJob } from './commandJob.ts'

/** The webhook, and its first test message, in one transaction. Its first event is the next one that is recorded. */
export const createWebhook = commandJob('create-webhook', async ({ em, command, payload, now }) => {
  await requireRoom(em)
  const { webhookId: id, name, events, sealedTarget, sealedSecret } = payload
  const webhook = em.create(ChannelSchema, {
    ...{ id, accountId: null, type: 'webhook', name, events, sealedTarget },
    sealedSecrets: JSON.stringify([{ sealed: sealedSecret, validUntil: null }]),
    eventPosition: await readHead(em),
    createdAt: now,
  })
  await em.persist(webhook).flush()
  auditOperators(em, command, {
    at: now,
    action: 'webhook.created',
    targetId: id,
    details: { name, events },
  })
  const { follow } = await tryChannel(em, webhook, null, now)
  return { result: presentWebhook(webhook), follow }
})

/** A webhook keeps its position: a type that is added begins with the next event, and nothing comes twice. */
export const updateWebhook = commandJob('update-webhook', async ({ em, command, payload, now }) => {
  const webhook = await loadWebhook(em, payload.webhookId, { lock: true })
  const { name, events, sealedTarget } = payload
  const given = { name, events, url: sealedTarget }
  const fields = Object.entries(given).flatMap(([field, value]) => (value === null ? [] : [field]))
  if (name !== null) webhook.name = name
  if (events !== null) webhook.events = events
  const details = { fields }
  auditOperators(em, command, { at: now, action: 'webhook.updated', targetId: webhook.id, details })
  if (sealedTarget === null) return { result: presentWebhook(webhook) }
  changeTarget(webhook, sealedTarget)
  const { follow } = await tryChannel(em, webhook, null, now)
  return { result: presentWebhook(webhook), follow }
})

/** What is under way to it ends. */
export const deleteWebhook = commandJob('delete-webhook', async ({ em, command, payload, now }) => {
  const webhook = await loadWebhook(em, payload.webhookId, { lock: true })
  em.remove(webhook)
  const details = { name: webhook.name }
  auditOperators(em, command, { at: now, action: 'webhook.deleted', targetId: webhook.id, details })
  return { result: { id: webhook.id } }
})

export const testWebhook = commandJob('test-webhook', async ({ em, command, payload, now }) => {
  const webhook = await loadWebhook(em, payload.webhookId, { lock: true })
  const { notificationId, follow } = await tryChannel(em, webhook, null, now)
  const details = { notificationId }
  auditOperators(em, command, { at: now, action: 'webhook.tested', targetId: webhook.id, details })
  return { result: { notificationId, status: 'pending' }, follow }
})

export const rotateWebhookSecret = commandJob(
  'rotate-webhook-secret',
  async ({ em, command, payload, now }) => {
    const webhook = await loadWebhook(em, payload.webhookId, { lock: true })
    const formerUntil = addSecret(webhook, payload.sealedSecret, now)
    const details = { formerUntil }
    auditOperators(em, command, { at: now, action: 'webhook.secret-rotated', targetId: webhook.id, details })
    return { result: { ...presentWebhook(webhook), formerUntil } }
  },
)

export const redeliverEvent = commandJob('redeliver-event', async ({ em, command, payload, now }) => {
  const { webhookId, notificationId } = payload
  await loadWebhook(em, webhookId)
  const delivery = await loadDelivery(em, webhookId, notificationId, { lock: true })
  const job = sendAgain(delivery, now)
  const details = { notificationId }
  auditOperators(em, command, { at: now, action: 'webhook.redelivered', targetId: webhookId, details })
  return { result: presentDelivery(delivery), follow: [job] }
})
