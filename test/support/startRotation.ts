import { sealContext } from '../../src/domain/notifications/Channel.ts'
import { createNotifications } from '../../src/domain/notifications/createNotifications.ts'
import { createSealer } from '../../src/platform/seal.ts'
import { readSecretsKeys } from '../../src/platform/secretsKeys.ts'
import { submitCommand } from '../../src/platform/submitCommand.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { openNotifiers } from '../../src/workers/notifiers/Notifiers.ts'
import { secretsKey } from './secretsKeys.ts'
import { startDeliveries } from './startDeliveries.ts'

export const [ONE, TWO] = [secretsKey(1), `2:${secretsKey(2)}`]

/** A worker whose secrets keys change, with everything that depends on them. It begins with key 1 alone. */
export async function startRotation() {
  const world = await startDeliveries()
  const { worker } = world
  const settings = {
    SMTP_URL: world.smtp.url,
    MAIL_FROM: 'keys@example.com',
    PUBLIC_URL: 'https://keys.example.com',
    WEBHOOK_ALLOW_PRIVATE: true,
    WORKER_CONCURRENCY: 16,
  }
  const sql = <Row>(text: string, values: unknown[] = []) => worker.em().execute<Row[]>(text, values)

  /** From now on the worker has these keys, as after a restart. */
  function use(SECRETS_KEY: string, SECRETS_KEYS_READ = ''): void {
    worker.context.notifiers = openNotifiers({ ...settings, SECRETS_KEY, SECRETS_KEYS_READ })
  }
  use(ONE)

  async function message(type: 'alert.test' | 'channel.verify', channelId: string): Promise<string> {
    const sealedLink = worker.context.notifiers.vault.seal('token', sealContext(channelId, 'link'))
    const data = { channelId, channel: 'C', ...(type === 'channel.verify' ? { sealedLink } : {}) }
    const telling = { accountId: 'acct_1', type, channelIds: [channelId], data }
    const [id = ''] = await worker
      .em()
      .transactional((em) => createNotifications(em, telling, worker.clock.now))
    return id
  }

  return {
    world,
    sql,
    use,
    message,
    /** Webhooks, an email channel that is not confirmed, and the message with its link. */
    makeAll: async (count = 1) => {
      const webhooks: string[] = []
      for (let n = 0; n < count; n++) webhooks.push(await world.channel('webhook', `/webhook-${n}`))
      const email = await world.channel('email', 'ops@example.org', { verifiedAt: null })
      return { webhooks, email, link: await message('channel.verify', email) }
    },
    /** As the schedule's jobs do. */
    reseal: async () => {
      await handlers['reseal-secrets-of'](worker.context, { kind: 'channels' })
      await handlers['reseal-secrets-of'](worker.context, { kind: 'links' })
    },
    /** How many rows of each text or JSON column have a value of this form. */
    columnsWith: async (pattern: string): Promise<Record<string, number>> => {
      const columns = await sql<{ table: string; column: string }>(
        `select c.table_name as table, c.column_name as column from information_schema.columns c
         join information_schema.tables t using (table_schema, table_name)
         where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and data_type in ('text', 'jsonb', 'json')`,
      )
      const found: Record<string, number> = {}
      for (const { table, column } of columns) {
        const [row] = await sql<{ n: number }>(
          `select count(*)::int as n from "${table}" where "${column}"::text ~ '${pattern}'`,
        )
        if (row?.n) found[`${table}.${column}`] = row.n
      }
      return found
    },
    /** Submits one command, under an Idempotency-Key, as an api with these keys does. */
    submitWith: async (SECRETS_KEY: string, SECRETS_KEYS_READ: string, header: string, body = 'body') => {
      const { context } = worker
      const replies = { channel: 'none', wait: async () => {}, close: () => {} }
      const sealer = createSealer(readSecretsKeys({ SECRETS_KEY, SECRETS_KEYS_READ }))
      const deps = { queues: context.queues, replies, sealer, log: context.log, waitMs: 0, now: context.now }
      const actor = { type: 'system', id: 'test' } as const
      const payload = { keyId: 'key_no', reason: null }
      const asked = { kind: 'revoke-api-key', accountId: 'acct_1', targetId: null, payload, actor } as const
      const idempotency = { header, plainHash: body }
      return submitCommand(worker.em(), deps, { ...asked, idempotency, secret: 'a secret' })
    },
    clear: async () => {
      use(ONE)
      worker.clock.now = new Date()
      for (const table of ['notification', 'channel', 'invitation_email', 'command'])
        await sql(`delete from ${table}`)
    },
  }
}
