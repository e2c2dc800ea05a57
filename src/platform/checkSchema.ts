import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from './log.ts'
import type { Orm } from './postgres.ts'
import { readSchemaState, schemaFault } from './schemaState.ts'
import type { Shutdown } from './shutdown.ts'
import { within } from './within.ts'

/** A start waits this long for Postgres. */
const ANSWER_MS = 2_000
const AGAIN_MS = 5_000

/**
 * Ends the process with status 1, before it opens anything else, unless the release may run on the database. Known keys
 * are verified without Postgres, so a start while it is away goes on: it is asked again until it answers.
 */
export async function checkSchema(
  orm: Pick<Orm, 'em'>,
  log: Log,
  shutdown: Pick<Shutdown, 'add' | 'fail'>,
  againMs = AGAIN_MS,
): Promise<void> {
  const look = async () => {
    const state = await within(ANSWER_MS, readSchemaState(orm.em.fork()))
    const fault = schemaFault(state)
    if (fault === undefined) return
    const { version, schema, databaseSchema, runsFrom } = state
    log.fatal({ event: 'schema-mismatch', version, schema, databaseSchema, runsFrom }, fault)
    await shutdown.fail('schema-mismatch')
  }
  try {
    return await look()
  } catch (error) {
    const reason = (error as Error).message
    log.warn({ reason }, 'Postgres does not say which schema it has: the process starts, and asks again')
  }
  const stopped = new AbortController()
  shutdown.add('schema', () => stopped.abort())
  const keepLooking = async () => {
    for (;;) {
      await delay(againMs, undefined, { signal: stopped.signal, ref: false })
      if (
        await look().then(
          () => true,
          () => false,
        )
      )
        return
    }
  }
  keepLooking().catch(() => {})
}
