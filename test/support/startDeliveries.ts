import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { type Channel, ChannelSchema, sealContext } from '../../src/domain/notifications/Channel.ts'
import { createNotifications } from '../../src/domain/notifications/createNotifications.ts'
import { NotificationSchema } from '../../src/domain/notifications/Notification.ts'
import { readAttempts } from '../../src/domain/notifications/presentNotification.ts'
import { HOUR_MS as HOUR } from '../../src/domain/time.ts'
import { deliverNotification } from '../../src/workers/alerts/deliverNotification.ts'
import { startReceiver, startSmtp } from './receivers.ts'
import { startWorkerContext } from './workerContext.ts'

/** The two signing secrets of every webhook, newest first; the second ends after an hour. */
export const SECRETS = ['new', 'old'].map(
  (word) => `whsec_${Buffer.from(word.padEnd(32, '.')).toString('base64')}`,
)

/**
 * A worker's context with an account, its admin and a viewer, an SMTP server and a receiver: for calling the
 * deliveries' handlers.
 */
export async function startDeliveries(env: Parameters<typeof startWorkerContext>[0] = {}) {
  const [smtp, receiver] = await Promise.all([startSmtp(), startReceiver()])
  const worker = await startWorkerContext({ SMTP_URL: smtp.url, ...env })
  let channels = 0
  const seed = worker.em()
  const account = {
    name: 'One',
    plan: 'pro',
    customLimits: {},
    version: 1,
    createdAt: worker.clock.now,
  } as const
  await seed.persist(seed.create(AccountSchema, { id: 'acct_1', ...account })).flush()
  await seed.execute(
    `insert into member (id, account_id, email, role, password_hash, created_at)
     values ('mem_1', 'acct_1', 'admin@example.org', 'admin', '', now()), ('mem_2', 'acct_1', 'viewer@example.org', 'viewer', '', now())`,
  )

  /** A verified channel that leads to a path of the receiver, to a whole URL, or to an address. */
  async function channel(type: Channel['type'], where: string, more: Partial<Channel> = {}): Promise<string> {
    const { vault } = worker.context.notifiers
    channels += 1
    const id = `chan_${channels}`
    const em = worker.em()
    const target = where.startsWith('/') ? `${receiver.url}${where}` : where
    const sealed = SECRETS.map((secret) => vault.seal(secret, sealContext(id, 'secret')))
    const secrets = [
      { sealed: sealed[0], validUntil: null },
      { sealed: sealed[1], validUntil: new Date(worker.clock.now.getTime() + HOUR).toISOString() },
    ]
    const one = em.create(ChannelSchema, {
      id,
      accountId: 'acct_1',
      type,
      name: `To ${where}`,
      sealedTarget: vault.seal(target, sealContext(id, 'target')),
      sealedSecrets: type === 'webhook' ? JSON.stringify(secrets) : null,
      verifiedAt: worker.clock.now,
      createdAt: worker.clock.now,
      ...more,
    })
    await em.persist(one).flush()
    return id
  }

  /** A firing alert for each of these channels; returns the notifications' IDs. */
  function fire(...channelIds: string[]): Promise<string[]> {
    const since = worker.clock.now.toISOString()
    const data = {
      alert: {
        id: 'alert_1',
        name: 'Busy',
        metric: 'requests',
        threshold: 10,
        window: '5m',
        severity: 'warning',
      },
      incident: { id: 'inc_1', startedAt: since, resolvedAt: null },
      key: { id: 'key_1', name: 'CI', hint: 'abcd' },
      measured: 1234,
      threshold: 10,
      since,
      url: 'https://keys.example.com/keys/key_1',
    }
    const telling = { accountId: 'acct_1', type: 'alert.firing', channelIds, data } as const
    return worker
      .em()
      .transactional((em) =>
        createNotifications(em, { ...telling, channelIds: [...channelIds] }, worker.clock.now),
      )
  }

  const read = (id: string) => worker.em().findOneOrFail(NotificationSchema, { id })

  return {
    worker,
    smtp,
    receiver,
    channel,
    fire,
    deliver: (notificationId: string) => deliverNotification(worker.context, { notificationId }),
    read,
    attempts: async (id: string) => readAttempts(worker.em(), await read(id)),
    channelOf: (id: string) => worker.em().findOneOrFail(ChannelSchema, { id }),
    pass: (ms: number) => {
      worker.clock.now = new Date(worker.clock.now.getTime() + ms)
    },
    stop: async () => {
      await worker.stop()
      await Promise.all([smtp.stop(), receiver.stop()])
    },
  }
}
