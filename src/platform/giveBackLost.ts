import type { EventEmitter } from 'node:events'

/** As much of `pg.Client` as is needed here: MikroORM brings the driver, and this project does not import it. */
type Client = EventEmitter & {
  query: (...args: unknown[]) => unknown
  end: () => Promise<void>
  release: Release
  connection: { stream: { destroy: () => void } }
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
 * - What lost one connection has often lost all of them: a firewall that forgets them, a host that is gone. pg finds
 *   that out with one statement after another, each of which waits for its whole bound. Here, connections that have
 *   answered nothing since a lost statement was sent are closed instead of used.
 * - Kysely (0.29) never gives back the connection of a transaction whose `begin`, `commit` or `rollback` fails, as
 *   each does once the connection is lost: the pool becomes smaller with every one, until it serves nobody. A
 *   connection that has ended is given back here, and what Kysely gives back after that is ignored.
 * - Kysely never gives back a connection that it gets once its pool is closed, and the pool waits for that one
 *   without end. Such a connection is given back here, and the query fails.
 */
export function giveBackLost(pool: Pool): void {
  const connect = pool.connect.bind(pool)
  /** By `performance.now()`, as is the next one: when each connection was opened or given back. */
  const answeredAt = new WeakMap<Client, number>()
  /** When the latest statement was sent that was not answered. */
  let unansweredSince = Number.NEGATIVE_INFINITY
  pool.connect = async () => {
    for (;;) {
      const client = await connect()
      if (pool.ending) {
        client.release()
        throw new Error('The pool is closed.')
      }
      if ((answeredAt.get(client) ?? 0) >= unansweredSince) return client
      client.release(new Error('Other connections of the pool were lost.'))
      // A graceful close would wait for the other side.
      client.connection.stream.destroy()
    }
  }
  pool.on('connect', (client: Client) => {
    answeredAt.set(client, performance.now())
    const query = client.query.bind(client)
    client.query = (...args) => {
      const sentAt = performance.now()
      const answer = query(...args)
      if (answer instanceof Promise)
        answer.catch((error: Error) => {
          if (error.message !== UNANSWERED) return
          unansweredSince = Math.max(unansweredSince, sentAt)
          void client.end()
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
          answeredAt.set(client, performance.now())
          give(error)
        }
      },
    })
    client.once('end', () => release(new Error('The connection has ended.')))
  })
}
