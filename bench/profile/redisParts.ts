import type { Redis } from 'ioredis'
import { processTime } from '../cpuTime.ts'
import { ALL, type Parts } from './nodeParts.ts'

const SCRIPTS = /^(eval|evalsha|fcall)(_ro)?$/

/**
 * Begins to watch a Redis; the function that is returned ends it. Redis times its commands itself, those that a script
 * calls twice: for themselves and for the script. Nearly all are called by scripts here.
 */
export async function watchRedis(redis: Redis, pid: number): Promise<(units: number) => Promise<Parts>> {
  const before = await readCommands(redis)
  const cpu = await processTime(pid)
  return async (units) => {
    const all = (await processTime(pid)) - cpu
    let scripts = 0
    let commands = 0
    const parts: Parts = new Map()
    for (const [name, time] of await readCommands(redis)) {
      const spent = time - (before.get(name) ?? 0)
      if (SCRIPTS.test(name)) scripts += spent
      else commands += spent
    }
    parts
      .set('Lua', scripts - commands)
      .set('the commands of the scripts', commands)
      .set('connections, protocol, append-only file', all - scripts)
      .set(ALL, all)
    for (const [part, time] of parts) parts.set(part, time / units)
    return parts
  }
}

/** How long each command has run since Redis started, in µs. */
async function readCommands(redis: Redis): Promise<Map<string, number>> {
  const text = await redis.info('commandstats')
  return new Map(
    [...text.matchAll(/^cmdstat_(\S+?):calls=\d+,usec=(\d+)/gm)].map(([, name = '', time]) => [
      name,
      Number(time),
    ]),
  )
}
