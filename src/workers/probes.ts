import { createServer } from 'node:http'
import type { Env } from '../platform/env.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Orm } from '../platform/postgres.ts'
import { readiness } from '../region/readiness.ts'
import type { Shards } from '../region/shards.ts'

type ProbeOptions = { env: Env; port: number; orm: Orm; shards: Shards; metrics: Metrics }

/**
 * The worker's own little server: /livez, /readyz and /metrics, for a process manager and Prometheus. Nothing guards
 * it, so it listens on loopback unless HOST names another address.
 */
export async function startProbes({ env, port, orm, shards, metrics }: ProbeOptions) {
  const server = createServer(async (request, response) => {
    response.setHeader('X-Content-Type-Options', 'nosniff')
    response.setHeader('Cache-Control', 'no-store')
    try {
      if (request.url === '/livez') return void response.end('ok\n')
      if (request.url === '/readyz') {
        const state = await readiness(orm, shards)
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
    server.listen(port, env.HOST ?? '127.0.0.1', resolve)
  })
  return { close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}
