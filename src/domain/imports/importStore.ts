import { LockMode } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Account } from '../accounts/Account.ts'
import { Failure } from '../failure.ts'
import { newId } from '../ids.ts'
import { type ApiKey, ApiKeySchema } from '../keys/ApiKey.ts'
import { countAgainstPlan } from '../keys/keyStore.ts'
import { readLimits } from '../plans/planStore.ts'
import { executeBound } from '../sql.ts'
import { HOUR_MS } from '../time.ts'
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
  const digests = records.map(({ digest }) => digest)
  const known = await findDigests(em, account.id, digests, now)
  const limits = await readLimits(em, account)
  const used = {
    live: ahead.live + (await countAgainstPlan(em, account.id, limits, 'live', now)),
    test: ahead.test + (await countAgainstPlan(em, account.id, limits, 'test', now)),
  }
  return decideImport(records, known, { plan: account.plan, limits, used })
}

/**
 * An imported key that was never used and is deleted gives its digest back: somebody imported it by mistake, or to
 * keep it from its owner. Uses are recorded a moment later than they happen, so it takes an hour from when the key
 * ended.
 */
const IS_FREE = `status = 'deleted' and imported_at is not null and revoked_at < ?
  and not exists (select from api_key_use u where u.key_id = api_key.id)`
const FREE_AFTER_MS = HOUR_MS

const freeBefore = (now: Date) => new Date(now.getTime() - FREE_AFTER_MS)

/** What a deleted key has instead of the digest that it gave back. */
export const freedDigest = (keyId: string) => `freed:${keyId}`

/**
 * Takes digests from deleted keys that give them back; returns the version from which their next key continues, by
 * digest.
 */
async function takeFreed(em: SqlEntityManager, digests: string[], now: Date): Promise<Map<string, number>> {
  const rows = await em.execute<{ digest: string; version: number }[]>(
    `with held as (
       select id, digest from api_key where digest in (select jsonb_array_elements_text(?::jsonb)) and ${IS_FREE}
       order by digest for update)
     update api_key set digest = 'freed:' || api_key.id, version = version + 1
     from held where api_key.id = held.id returning held.digest, api_key.version`,
    [JSON.stringify(digests), freeBefore(now)],
  )
  return new Map(rows.map(({ digest, version }) => [digest, version]))
}

async function findDigests(
  em: SqlEntityManager,
  accountId: string,
  digests: string[],
  now: Date,
): Promise<KnownDigests> {
  const rows = await em.execute<{ digest: string; own: boolean }[]>(
    `with wanted as (select jsonb_array_elements_text(?::jsonb) as digest)
     select digest, account_id = ? and status <> 'deleted' as own from api_key join wanted using (digest)
     where not (${IS_FREE})
     union all select digest, false from service_token join wanted using (digest)
     union all select digest, false from operator_token join wanted using (digest)`,
    [JSON.stringify(digests), accountId, freeBefore(now)],
  )
  const of = (own: boolean) => new Set(rows.filter((row) => row.own === own).map(({ digest }) => digest))
  return { own: of(true), taken: of(false) }
}

/** A key that an import has made, and the line that it stands in. */
export type ImportedKey = ApiKey & { line: number }

/**
 * Inserts keys and returns those that are new, in the order of their records. One is absent when another account has
 * taken its digest since it was looked for. All imports insert in the order of digests, so that two never wait for
 * each other.
 */
export async function insertImported(
  em: SqlEntityManager,
  { accountId, createdBy, now }: { accountId: string; createdBy: string; now: Date },
  records: ImportRecord[],
): Promise<ImportedKey[]> {
  const digests = records.map(({ digest }) => digest)
  // A region never replaces a state by one of a lower version.
  const versions = await takeFreed(em, digests, now)
  const keys = records.map(
    ({ createdAt, expiresAt, ...record }): ImportedKey => ({
      ...record,
      ...{ accountId, createdBy, status: 'active', importedAt: now },
      version: (versions.get(record.digest) ?? 0) + 1,
      id: newId('apiKey'),
      createdAt: createdAt === null ? now : new Date(createdAt),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      ...{ revokedAt: null, revokedReason: null, rotatedFrom: null },
    }),
  )
  const rows = await executeBound<{ id: string }>(
    em,
    `insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, allowed_ips, metadata,
       version, created_at, created_by, expires_at, imported_at)
     select id, $1, name, type, access, permissions, 'active', digest, hint, "allowedIps", metadata, version, "createdAt", $2,
       "expiresAt", $3::timestamptz
     from jsonb_to_recordset($4::jsonb) as r (id text, name text, type text, access text, permissions jsonb, digest text,
       hint text, version integer, "allowedIps" jsonb, metadata jsonb, "createdAt" timestamptz, "expiresAt" timestamptz)
     order by digest
     on conflict (digest) do nothing returning id`,
    [accountId, createdBy, now, JSON.stringify(keys)],
  )
  const inserted = new Set(rows.map(({ id }) => id))
  return keys.filter(({ id }) => inserted.has(id))
}

/** The imported key with a digest, of any account and in any state, locked. Throws Failure `imported-key-not-found`. */
export async function lockImported(em: SqlEntityManager, digest: string): Promise<ApiKey> {
  const key = await em.findOne(
    ApiKeySchema,
    { digest, importedAt: { $ne: null } },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  )
  if (!key) throw new Failure('imported-key-not-found', { detail: 'No imported key has this hash.' })
  return key
}

/** The ID of an import of the account that a worker has not finished. */
export async function findUnfinishedImport(
  em: SqlEntityManager,
  accountId: string,
): Promise<string | undefined> {
  const rows = await em.execute<{ id: string }[]>(
    `select id from command where account_id = ? and kind = 'import-api-keys' and status in ('pending', 'applied')
     limit 1`,
    [accountId],
  )
  return rows[0]?.id
}
