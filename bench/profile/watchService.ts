import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Process } from '../startProcess.ts'
import type { Service } from '../startService.ts'
import { readNodeParts, watchNode } from './nodeParts.ts'
import { watchPostgres } from './postgresParts.ts'
import { watchRedis } from './redisParts.ts'
import type { Profile } from './render.ts'

/**
 * Begins to watch a service and these processes of Node, each of which writes its profile into the folder of its name.
 * The function that is returned ends it, for so many units of work; what that returns reads the profiles, once the
 * processes have ended.
 */
export async function watchService(
  service: Service,
  folder: string,
  processes: Record<string, Pick<Process, 'pid'>>,
): Promise<(units: number) => Promise<() => Promise<Profile>>> {
  const redis = new Redis(service.env.REDIS_URL)
  const nodes = await Promise.all(
    Object.entries(processes).map(async ([name, { pid }]) => ({ name, end: await watchNode(pid) })),
  )
  const endRedis = await watchRedis(redis, service.redisPid)
  const endPostgres = await watchPostgres(service)
  return async (units) => {
    const watched = await Promise.all(nodes.map(async ({ name, end }) => ({ name, seen: await end() })))
    const ofRedis = await endRedis(units)
    const { parts, statements } = await endPostgres(units)
    redis.disconnect()
    return async () => ({
      columns: [
        ...(await Promise.all(
          watched.map(async ({ name, seen }) => ({
            head: name,
            parts: await readNodeParts(join(folder, name), seen, units),
          })),
        )),
        { head: 'Redis', parts: ofRedis },
        { head: 'Postgres', parts },
      ],
      statements,
    })
  }
}
