import { createRequire } from 'node:module'

type Query = (...args: unknown[]) => unknown
const { Client } = createRequire(import.meta.url)('pg') as { Client: { prototype: { query: Query } } }

/**
 * Loaded into a worker by `NODE_OPTIONS=--import`: it dies as by `kill -9` when it writes what DEADLY names, as it
 * would of a command that takes more memory than there is.
 */
const deadly = process.env.DEADLY
const { query } = Client.prototype
Client.prototype.query = function (this: unknown, ...args) {
  if (deadly !== undefined && JSON.stringify(args[0]).includes(deadly)) process.kill(process.pid, 'SIGKILL')
  return Reflect.apply(query, this, args)
}
