import { newId } from '../../src/domain/ids.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { runSql } from '../setup/runSql.ts'
import type { SharedService } from './sharedService.ts'

/** Full live keys of an account. By SQL: a thousand by REST cost as much as what is tested with them. */
export async function seedKeys(
  { databaseUrl }: Pick<SharedService, 'databaseUrl'>,
  accountId: string,
  count: number,
): Promise<{ id: string; key: string }[]> {
  const keys = Array.from({ length: count }, () => ({
    id: newId('apiKey'),
    ...generateSecret('pk', 'live'),
  }))
  const rows = keys.map(
    ({ id, digest, hint }) =>
      `('${id}', '${accountId}', 'Key', 'live', 'full', '["renders:write"]', 'active', '${digest}', '${hint}', now(), 'seed')`,
  )
  await runSql(
    databaseUrl,
    `insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, created_at, created_by)
     values ${rows.join(', ')}`,
  )
  return keys.map(({ id, value }) => ({ id, key: value }))
}
