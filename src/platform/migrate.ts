import { setTimeout as delay } from 'node:timers/promises'
import { HOUR_MS } from '../domain/time.ts'
import type { Orm } from './postgres.ts'
import { isTooOld, readSchemaState, SchemaMismatch, schemaFault } from './schemaState.ts'

/** How long a process waits for another one that migrates, and how often it looks. */
const MIGRATION_WAIT_MS = HOUR_MS
const MIGRATION_LOOK_MS = 250

/**
 * Brings the schema up to date; safe when several processes start at once. Returns what was applied. Throws
 * SchemaMismatch, and changes nothing, where the release is too old for the database. `shards` is how many the regions
 * of a new database have. Who waits for another asks again and again: a statement that waits holds a snapshot, and an
 * index that is built concurrently would wait for it.
 */
export async function migrate(orm: Orm, shards = 1): Promise<string[]> {
  const giveUpAt = Date.now() + MIGRATION_WAIT_MS
  while (Date.now() < giveUpAt) {
    const applied = await orm.em.fork().transactional(async (locked) => {
      const [row] = await locked.execute<{ locked: boolean }[]>(
        `select pg_try_advisory_xact_lock(hashtext('pictify-keys migrations')) as locked`,
      )
      if (!row?.locked) return undefined
      const state = await readSchemaState(orm.em.fork())
      if (isTooOld(state)) throw new SchemaMismatch(schemaFault(state) ?? '')
      return orm.migrator.up()
    })
    if (applied) {
      await orm.em.fork().execute('insert into layout (shards) values (?) on conflict do nothing', [shards])
      return applied.map((migration) => migration.name)
    }
    await delay(MIGRATION_LOOK_MS)
  }
  throw new Error('Another process has been migrating this database for an hour.')
}
