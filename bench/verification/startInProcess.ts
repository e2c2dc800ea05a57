import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../../src/dev/dataDir.ts'
import { endWithUs } from '../../src/dev/endWithUs.ts'
import type { Keys } from '../createKeys.ts'
import type { Service } from '../startService.ts'
import type { Memory, Rate } from './inProcess.ts'

/** Starts inProcess.ts; needs a worker until it has verified every key of the file once. */
export async function startInProcess(service: Service, keys: Keys, file: string) {
  const child = spawn(
    process.execPath,
    ['--expose-gc', join(root, 'bench/verification/inProcess.ts'), file],
    {
      env: { ...process.env, REDIS_URL: service.env.REDIS_URL, SERVICE_TOKEN: keys.serviceToken },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  exited.then(endWithUs(child.pid ?? 0, 'KILL'))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('The verifier in its own process has ended.')
    return value
  }
  const ask = async <Answer>(line: string): Promise<Answer> => {
    child.stdin.write(`${line}\n`)
    return JSON.parse(await next())
  }
  await next()
  return {
    fill: () => ask<Memory>('memory'),
    rate: (callers: number, seconds: number) => ask<Rate>(`rate ${callers} ${seconds}`),
    stop: async () => {
      child.stdin.end()
      await exited
    },
  }
}
