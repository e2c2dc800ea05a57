import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Account } from '../accounts/Account.ts'
import { limitsOf } from '../accounts/plans.ts'
import { newId } from '../ids.ts'
import { countActive } from '../keys/keyStore.ts'
import { decideImport, type ImportDecision, type KnownDigests } from './decideImport.ts'
import type { ImportRecord } from './outcome.ts'

/** Keys that earlier parts of a dry run would have made. */
export type Ahead = { live: number; test: number }

/** What an import of these records would do now. Lock the account first, unless it is a dry run. */
export async function planImport(
  em: SqlEntityManager,
  account: Account,
  records: ImportRecord[],
  now: Date,
  ahead: Ahead = { live: 0, test: 0 },
): Promise<ImportDecision> {
  const known = await findDigests(
    em,
    account.id,
    records.map(({ digest }) => digest),
  )
  const used = {
    live: ahead.live + (await countActive(em, account.id, 'live', now)),
    test: ahead.test + (await countActive(em, account.id, 'test', now)),
  }
  return decideImport(records, known, {
    plan: account.plan,
    limits: limitsOf(account.plan, account.customLimits),
    used,
  })
}

async function findDigests(
  em: SqlEntityManager,
  accountId: string,
  digests: string[],
): Promise<KnownDigests> {
  const rows = await em.execute<{ digest: string; own: boolean }[]>(
    `with wanted as (select jsonb_array_elements_text(?::jsonb) as digest)
     select digest, account_id = ? and status <> 'deleted' as own from api_key join wanted using (digest)
     union all select digest, false from service_token join wanted using (digest)`,
    [JSON.stringify(digests), accountId],
  )
  const of = (own: boolean) => new Set(rows.filter((row) => row.own === own).map(({ digest }) => digest))
  return { own: of(true), taken: of(false) }
}

/**
 * Inserts keys and returns the ID of each that is new, by digest. One is absent when another account has taken its
 * digest since it was looked for. All imports insert in the order of digests, so that two never wait for each other.
 */
export async function insertImported(
  em: SqlEntityManager,
  { accountId, createdBy, now }: { accountId: string; createdBy: string; now: Date },
  records: ImportRecord[],
): Promise<Map<string, string>> {
  const keys = records.map(({ line: _, createdAt, ...record }) => ({
    ...record,
    id: newId('apiKey'),
    createdAt: createdAt ?? now.toISOString(),
  }))
  const rows = await em.execute<{ id: string; digest: string }[]>(
    `insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, allowed_ips, metadata,
       version, created_at, created_by, expires_at, imported_at)
     select id, ?, name, type, access, permissions, 'active', digest, hint, "allowedIps", metadata, 1, "createdAt", ?,
       "expiresAt", ?
     from jsonb_to_recordset(?::jsonb) as r (id text, name text, type text, access text, permissions jsonb, digest text,
       hint text, "allowedIps" jsonb, metadata jsonb, "createdAt" timestamptz, "expiresAt" timestamptz)
     order by digest
     on conflict (digest) do nothing returning id, digest`,
    [accountId, createdBy, now, JSON.stringify(keys)],
  )
  return new Map(rows.map(({ id, digest }) => [digest, id]))
}

/** Whether any key was imported, or is about to be: then values of every form may be keys. */
export async function hasImports(em: SqlEntityManager): Promise<boolean> {
  const rows = await em.execute<{ found: boolean }[]>(
    `select exists (select from api_key where imported_at is not null)
       or exists (select from command where kind = 'import-api-keys') as found`,
  )
  return rows[0]?.found ?? false
}

/** Whether any key is there that was imported. */
export async function hasImportedKeys(em: SqlEntityManager): Promise<boolean> {
  const rows = await em.execute<unknown[]>('select 1 from api_key where imported_at is not null limit 1')
  return rows.length > 0
}
