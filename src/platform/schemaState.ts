import { readdirSync } from 'node:fs'
import { type Em, MIGRATIONS } from './postgres.ts'
import { VERSION } from './release.ts'

/**
 * What this release and a database know of each other. A schema's number is that of its newest migration, and grows
 * from release to release; 0 is a database without a schema.
 */
export type SchemaState = {
  /** The version of this release. */
  version: string
  /** The schema that this release makes. */
  schema: number
  /** The schema that the database has. */
  databaseSchema: number
  /** Releases from this schema on may run on the database. */
  runsFrom: number
  /** Migrations of this release that the database lacks, in their order. */
  pending: string[]
  /** Migrations that another release has applied and this one does not have. */
  unknown: string[]
}

const numberOf = (migration: string) => Number(/^Migration(\d+)/.exec(migration)?.[1] ?? 0)
const newest = (migrations: string[]) => Math.max(0, ...migrations.map(numberOf))

/** The names of this release's migrations, in their order. */
export function listMigrations(): string[] {
  return readdirSync(MIGRATIONS)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted()
}

/** The schema that this release makes. */
export const SCHEMA = newest(listMigrations())

/** From which schema on releases may run on a database that is migrated. Throws what Postgres throws. */
export async function readRunsFrom(em: Em): Promise<number> {
  const [row] = await em.execute<{ runs_from: string }[]>('select runs_from from schema_version')
  return Number(row?.runs_from ?? 0)
}

/** Only reads: also a database that was never migrated. Throws what Postgres throws. */
export async function readSchemaState(em: Em): Promise<SchemaState> {
  const has = async (table: string) => {
    const [row] = await em.execute<{ found: boolean }[]>('select to_regclass(?) is not null as found', [
      table,
    ])
    return row?.found === true
  }
  const applied = (await has('mikro_orm_migrations'))
    ? await em.execute<{ name: string }[]>('select name from mikro_orm_migrations')
    : []
  const runsFrom = (await has('schema_version')) ? await readRunsFrom(em) : 0
  const own = listMigrations()
  const names = applied.map(({ name }) => name)
  return {
    version: VERSION,
    schema: SCHEMA,
    databaseSchema: newest(names),
    runsFrom,
    pending: own.filter((name) => !names.includes(name)),
    unknown: names.filter((name) => !own.includes(name)).toSorted(),
  }
}

/** Whether this release is too old for the database. What is pending does not matter then: it must not be applied. */
export const isTooOld = ({ schema, runsFrom }: Pick<SchemaState, 'schema' | 'runsFrom'>) => schema < runsFrom

/** Why this release must not run on the database, and what to do; undefined: it may. */
export function schemaFault(state: SchemaState): string | undefined {
  const { version, schema, databaseSchema, runsFrom, pending } = state
  const has = databaseSchema === 0 ? 'no schema' : `schema ${databaseSchema}`
  if (isTooOld(state))
    return (
      `This release is too old for the database. The database has ${has}, which needs a release with schema ` +
      `${runsFrom} or newer. Release ${version} has schema ${schema}. Run the newer release, or restore a backup ` +
      'from before its migration.'
    )
  if (pending.length > 0)
    return (
      `The database is not migrated for this release. It has ${has}, and release ${version} needs schema ${schema}: ` +
      `${pending.length} ${pending.length === 1 ? 'migration is' : 'migrations are'} pending, the first is ` +
      `${pending[0]}. Run \`keys migrate\` of this release, then start it again.`
    )
  return undefined
}

/** The release and the database do not fit. Nothing was changed. */
export class SchemaMismatch extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SchemaMismatch'
  }
}

/** Throws SchemaMismatch unless this release may run on the database. */
export async function requireSchema(em: Em): Promise<void> {
  const fault = schemaFault(await readSchemaState(em))
  if (fault) throw new SchemaMismatch(fault)
}
