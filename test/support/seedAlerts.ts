import { sealContext } from '../../src/domain/notifications/Channel.ts'
import { readSecretsKeys } from '../../src/platform/secretsKeys.ts'
import { createVault } from '../../src/platform/vault.ts'
import { runSql } from '../setup/runSql.ts'
import type { Service } from './startService.ts'

export type Seeded = { accountId: string; keyIds: string[] }

/** Names of 16 characters, as IDs have after their prefix. */
const place = (...numbers: number[]) =>
  numbers
    .map((number) => String(number).padStart(4, '0'))
    .join('')
    .padStart(16, '0')

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/**
 * Accounts with a verified Slack channel and webhook each, keys, and for each key a rule that a single request
 * crosses. By SQL: hundreds by REST would take longer than what is tested with them.
 */
export async function seedAlerts(
  { databaseUrl, env }: Pick<Service, 'databaseUrl' | 'env'>,
  { accounts, keys, url }: { accounts: number; keys: number; url: (type: string, account: number) => string },
): Promise<Seeded[]> {
  const vault = createVault(readSecretsKeys({ SECRETS_KEY: env.SECRETS_KEY ?? '' }))
  const rows = { account: [] as string[], channel: [] as string[], key: [] as string[], rule: [] as string[] }
  const seeded = Array.from({ length: accounts }, (_, account): Seeded => {
    const accountId = `acct_${place(account)}`
    rows.account.push(`('${accountId}', 'No. ${account}', 'enterprise', now())`)
    const channels = ['slack', 'webhook'].map((type, index) => {
      const id = `chan_${place(account, index)}`
      const target = vault.seal(url(type, account), sealContext(id, 'target'))
      const secrets = JSON.stringify([
        { sealed: vault.seal(SECRET, sealContext(id, 'secret')), validUntil: null },
      ])
      rows.channel.push(`('${id}', '${accountId}', '${type}', 'C', '${target}', '${secrets}', now(), now())`)
      return id
    })
    const keyIds = Array.from({ length: keys }, (_, key) => {
      const id = `key_${place(account, key)}`
      rows.key.push(
        `('${id}', '${accountId}', 'Key', 'live', 'full', '[]', 'active', '${id}', 'abcd', now(), 'seed')`,
      )
      rows.rule.push(
        `('alert_${place(account, key)}', '${accountId}', 'Any', 'requests', 0, 5, '["${id}"]', '${JSON.stringify(channels)}', 'info', now())`,
      )
      return id
    })
    return { accountId, keyIds }
  })
  await runSql(
    databaseUrl,
    `insert into account (id, name, plan, created_at) values ${rows.account.join(', ')}`,
    `insert into channel (id, account_id, type, name, sealed_target, sealed_secrets, created_at, verified_at)
     values ${rows.channel.join(', ')}`,
    `insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, created_at, created_by)
     values ${rows.key.join(', ')}`,
    `insert into alert_rule (id, account_id, name, metric, threshold, window_minutes, key_ids, channel_ids, severity, created_at)
     values ${rows.rule.join(', ')}`,
  )
  return seeded
}
