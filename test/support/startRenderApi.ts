import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { root } from '../../src/dev/dataDir.ts'
import { freePort } from '../../src/dev/freePort.ts'

export type RenderApi = {
  url: string
  /** SIGTERM, and waits for its end; what it still has to report is sent before. */
  stop: () => Promise<void>
}

/**
 * The example resource server, as a process that uses this service. Throws with what it wrote when it does not start.
 */
export async function startRenderApi(service: {
  redis: { url: string }
  serviceToken: string
}): Promise<RenderApi> {
  const port = await freePort()
  const child = spawn(process.execPath, ['examples/render-api/main.ts'], {
    cwd: root,
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      REDIS_URL: service.redis.url,
      SERVICE_TOKEN: service.serviceToken,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const lines: string[] = []
  const ready = new Promise<void>((resolve) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line)
        if (line.startsWith('render API on')) resolve()
      })
    }
  })
  const early = ended.then(() => Promise.reject(new Error(`The render API ended:\n${lines.join('\n')}`)))
  await Promise.race([ready, early])
  early.catch(() => {})
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}
