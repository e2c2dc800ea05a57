import type { SqlEntityManager } from '@mikro-orm/postgresql'

/** What a table has, in one snapshot: rows, and a sum of hashes of them that does not depend on their order. */
type TableContent = { rows: string; digest: string }
export type Manifest = Record<string, TableContent>

/** How values look as text must be the same wherever a manifest is read. */
const AS_TEXT = [
  `set local timezone = 'UTC'`,
  `set local datestyle = 'ISO, MDY'`,
  `set local intervalstyle = 'postgres'`,
  `set local extra_float_digits = 1`,
  `set local bytea_output = 'hex'`,
]

/** Reads every table of the service, in the transaction of `em`, which decides what it sees. */
export async function readManifest(em: SqlEntityManager, signal?: AbortSignal): Promise<Manifest> {
  for (const setting of AS_TEXT) await em.execute(setting)
  const tables = await em.execute<{ name: string }[]>(
    `select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace n on n.oid = relnamespace
     where relkind = 'r' and nspname !~ '^pg_' and nspname <> 'information_schema' order by 1`,
  )
  const manifest: Manifest = {}
  for (const { name } of tables) {
    signal?.throwIfAborted()
    const [content] = await em.execute<TableContent[]>(
      `select count(*)::text as rows, coalesce(sum(hashtextextended((t.*)::text, 0)::numeric), 0)::text as digest
       from ${name} t`,
    )
    if (content) manifest[name] = content
  }
  return manifest
}

/** How a restored database differs from what was backed up, in one line a table. */
export function differencesOf(expected: Manifest, found: Manifest): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort()
  return names.flatMap((name) => {
    const [before, after] = [expected[name], found[name]]
    if (!before) return [`${name} was not backed up`]
    if (!after) return [`${name} is missing`]
    if (before.rows !== after.rows) return [`${name} has ${after.rows} rows instead of ${before.rows}`]
    return before.digest === after.digest ? [] : [`${name} has other values`]
  })
}
