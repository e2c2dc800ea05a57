import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type SealedSecret, sealContext } from '../notifications/Channel.ts'
import type { Resealed } from './resealedKinds.ts'
import { keyOf } from './sealedColumns.ts'

/** Rows of one transaction. */
const AT_ONCE = 100

/** The vault, as far as it is needed here: `reseal` throws where the value cannot be read. */
export type Reseal = { current: number; reseal: (sealed: string, context: string) => string }

/** `last`: where the next batch goes on; undefined at the end. `failures`: why values stayed as they were. */
export type Batch = { last: string | undefined; rows: number; failures: Error[] }

type Row = {
  id: string
  channelId: string
  target: string | null
  secrets: string | null
  link: string | null
}

const LINK = `body -> 'data' ->> 'sealedLink'`

/** Rows with a value under a key lower than the current one. What somebody has in hand is left to later. */
const SELECT: Record<Resealed, (current: number) => string> = {
  channels: (current) => `
    select id, id as "channelId", sealed_target as target, sealed_secrets as secrets, null as link from channel
    where (${keyOf('sealed_target')} < ${current} or exists (
        select from jsonb_array_elements(sealed_secrets::jsonb) secret
        where ${keyOf("secret ->> 'sealed'")} < ${current}))
      and id > ? order by id limit ${AT_ONCE} for update skip locked`,
  links: (current) => `
    select id, channel_id as "channelId", null as target, null as secrets, ${LINK} as link from notification
    where type = 'channel.verify' and ${LINK} is not null and ${keyOf(LINK)} < ${current}
      and id > ? order by id limit ${AT_ONCE} for update skip locked`,
}

/**
 * Seals the values of the next rows again under the current key. Call it in a transaction of its own: dying between two
 * batches loses nothing, and a batch that runs twice finds nothing to do. A value that cannot be read stays as it is.
 */
export async function resealBatch(
  em: SqlEntityManager,
  kind: Resealed,
  { current, reseal }: Reseal,
  after: string,
): Promise<Batch> {
  const rows = await em.execute<Row[]>(SELECT[kind](current), [after])
  const failures: Error[] = []
  for (const row of rows) {
    const again = (sealed: string, what: 'target' | 'secret' | 'link') => {
      try {
        return reseal(sealed, sealContext(row.channelId, what))
      } catch (error) {
        failures.push(error as Error)
        return sealed
      }
    }
    await write(em, row, again)
  }
  return { last: rows.length < AT_ONCE ? undefined : rows.at(-1)?.id, rows: rows.length, failures }
}

async function write(
  em: SqlEntityManager,
  { id, target, secrets, link }: Row,
  again: (sealed: string, what: 'target' | 'secret' | 'link') => string,
): Promise<void> {
  if (link !== null) {
    await em.execute(
      `update notification set body = jsonb_set(body, '{data,sealedLink}', to_jsonb(?::text)) where id = ?`,
      [again(link, 'link'), id],
    )
    return
  }
  const sealedSecrets = (JSON.parse(secrets ?? '[]') as SealedSecret[]).map((secret) => ({
    ...secret,
    sealed: again(secret.sealed, 'secret'),
  }))
  await em.execute('update channel set sealed_target = ?, sealed_secrets = ? where id = ?', [
    again(target ?? '', 'target'),
    secrets && JSON.stringify(sealedSecrets),
    id,
  ])
}
