import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../../src/dev/dataDir.ts'
import { endWithUs } from '../../src/dev/endWithUs.ts'
import { onCore, type ProcessOptions } from '../startProcess.ts'
import type { Filled, Rate } from './inProcess.ts'

export type InProcess = Awaited<ReturnType<typeof startInProcess>>

/** Starts inProcess.ts. */
export async function startInProcess(
  { REDIS_URL }: { REDIS_URL: string },
  SERVICE_TOKEN: string,
  file: string,
  { core, nodeArgs = [] }: Pick<ProcessOptions, 'core' | 'nodeArgs'> = {},
) {
  const program = [
    ...[process.execPath, ...nodeArgs, '--expose-gc'],
    ...[join(root, 'bench/verification/inProcess.ts'), file],
  ]
  const [command = '', ...args] = [...onCore(core), ...program]
  const child = spawn(command, args, {
    env: { ...process.env, REDIS_URL, SERVICE_TOKEN },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
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
    pid: child.pid ?? 0,
    fill: (keys: number) => ask<Filled>(`fill ${keys}`),
    rate: (callers: number, seconds: number, keys: number) => ask<Rate>(`rate ${callers} ${seconds} ${keys}`),
    stop: async () => {
      child.stdin.end()
      await exited
    },
  }
}
