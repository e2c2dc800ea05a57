import { readFileSync } from 'node:fs'
import { get } from 'node:http'

/**
 * The image's health check: exits with 0 when the container's process answers /livez. Liveness, not readiness: keys
 * that a region knows are verified while Postgres is away, and whoever replaces unhealthy containers would end that.
 */
const TIMEOUT_MS = 2_000

// The container's process, or an init in front of it: both name what was asked for.
const words = readFileSync('/proc/1/cmdline', 'utf8').split('\0')
const { HOST, PORT, WORKER_PORT } = process.env
const port = words.includes('worker') ? WORKER_PORT : PORT || '3000'
const host = !HOST || HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST

const fail = (error: Error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

// A worker whose probes are switched off cannot be asked.
if (port) {
  const request = get({ host, port, path: '/livez', timeout: TIMEOUT_MS, agent: false }, (response) => {
    response.resume()
    if (response.statusCode !== 200) fail(new Error(`/livez: ${response.statusCode}`))
  })
  request.on('timeout', () => request.destroy(new Error(`/livez: no response within ${TIMEOUT_MS} ms`)))
  request.on('error', fail)
}
