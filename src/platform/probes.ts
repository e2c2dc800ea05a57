import { createServer } from 'node:http'
import type { Region } from '../region/Region.ts'
import type { Env } from './env.ts'
import type { Metrics } from './metrics.ts'
import type { Orm } from './postgres.ts'

export type Readiness = { ready: boolean; checks: { postgres: string; redis: string } }

const BOUND_MS = 2_000

/** Whether each dependency answers within 2 s; `ok`, or what is wrong with it. */
export async function readiness(orm: Orm, region: Region): Promise<Readiness> {
  const [postgres, redis] = await Promise.all([
    outcome(orm.em.fork().execute('select 1')),
    outcome(region.ready(BOUND_MS).then(() => region.redis.ping())),
  ])
  return { ready: postgres === 'ok' && redis === 'ok', checks: { postgres, redis } }
}

async function outcome(check: Promise<unknown>): Promise<string> {
  let bound: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    bound = setTimeout(() => reject(new Error('no answer')), BOUND_MS)
  })
  try {
    await Promise.race([check, late])
    return 'ok'
  } catch {
    return 'unavailable'
  } finally {
    clearTimeout(bound)
  }
}

type ProbeOptions = { env: Env; port: number; orm: Orm; region: Region; metrics: Metrics }

/** The worker's own little server: /livez, /readyz and /metrics, for a process manager and Prometheus on the same host. */
export async function startProbes({ env, port, orm, region, metrics }: ProbeOptions) {
  const server = createServer(async (request, response) => {
    try {
      if (request.url === '/livez') return void response.end('ok\n')
      if (request.url === '/readyz') {
        const state = await readiness(orm, region)
        response.writeHead(state.ready ? 200 : 503, { 'Content-Type': 'application/json' })
        return void response.end(JSON.stringify(state))
      }
      if (request.url === '/metrics') {
        response.writeHead(200, { 'Content-Type': metrics.registry.contentType })
        return void response.end(await metrics.registry.metrics())
      }
      response.writeHead(404).end()
    } catch {
      response.writeHead(500).end()
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, env.HOST, resolve)
  })
  return { close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}
