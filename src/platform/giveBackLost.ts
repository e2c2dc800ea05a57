import type { EventEmitter } from 'node:events'

/** As much of `pg.Client` as is needed here: MikroORM brings the driver, and this project does not import it. */
type Client = EventEmitter & {
  query: (...args: unknown[]) => unknown
  end: () => Promise<void>
  release: Release
}
/** As much of `pg.Pool`. */
export type Pool = EventEmitter & { connect: () => Promise<Client>; ending: boolean }
type Release = (error?: unknown) => void

/** pg's error for a statement that was not answered within `query_timeout`. */
const UNANSWERED = 'Query read timeout'

/**
 * Keeps lost connections out of a pool, where the libraries do not:
 *
 * - pg reports a statement that was not answered in time, and leaves its connection waiting for that answer. The next
 *   user of the connection waits behind it, and could be handed that answer. Such a connection is closed.
 * - Kysely (0.29) never gives back the connection of a transaction whose `begin`, `commit` or `rollback` fails, as
 *   each does once the connection is lost: the pool becomes smaller with every one, until it serves nobody. A
 *   connection that has ended is given back here, and what Kysely gives back after that is ignored.
 * - Kysely never gives back a connection that it gets once its pool is closed, and the pool waits for that one
 *   without end. Such a connection is given back here, and the query fails.
 */
export function giveBackLost(pool: Pool): void {
  const connect = pool.connect.bind(pool)
  pool.connect = async () => {
    const client = await connect()
    if (!pool.ending) return client
    client.release()
    throw new Error('The pool is closed.')
  }
  pool.on('connect', (client: Client) => {
    const query = client.query.bind(client)
    client.query = (...args) => {
      const answer = query(...args)
      if (answer instanceof Promise)
        answer.catch((error: Error) => {
          if (error.message === UNANSWERED) void client.end()
        })
      return answer
    }
    let release: Release = () => {}
    // The pool sets it each time it lends the connection.
    Object.defineProperty(client, 'release', {
      configurable: true,
      get: () => release,
      set: (give: Release) => {
        let isBack = false
        release = (error) => {
          if (isBack) return
          isBack = true
          give(error)
        }
      },
    })
    client.once('end', () => release(new Error('The connection has ended.')))
  })
}
