import type { EventEmitter } from 'node:events'

/** As much of `pg.Client` as is needed here: MikroORM brings the driver, and this project does not import it. */
type Client = EventEmitter & {
  query: (...args: unknown[]) => unknown
  end: () => Promise<void>
  release: Release
}
type Release = (error?: unknown) => void

/** pg's error for a statement that was not answered within `query_timeout`. */
const UNANSWERED = 'Query read timeout'

/**
 * Keeps lost connections out of a pool, where the libraries do not:
 *
 * - pg reports a statement that was not answered in time, and leaves its connection waiting for that answer. Whoever
 * gets
 *   it next waits behind it, and could be handed that answer. Such a connection is closed.
 * - Kysely (0.29) never gives back the connection of a transaction whose `begin`, `commit` or `rollback` fails, as
 * each does
 *   once the connection is lost: the pool becomes smaller with every one, until it serves nobody. A connection that has
 *   ended is given back here, and what Kysely gives back after that is ignored.
 */
export function giveBackLost(pool: EventEmitter): void {
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
    // The pool sets it anew each time it lends the connection.
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
