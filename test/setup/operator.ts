import { fork } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export type Asked = {
  env: Record<string, string>
  task: 'account' | 'serviceToken' | 'operatorToken' | 'sharedService' | 'cli'
  /** The account's plan; the token's name; the Postgres server; arguments as JSON. */
  value: string
}

export type Done = {
  accountId?: string
  adminKey?: string
  serviceToken?: string
  /** An operator token. */
  token?: string
  /** Of a command of bin/keys: what it printed, and why it failed. */
  stdout?: string
  failure?: { message: string; code: number }
  shared?: {
    env: Record<string, string>
    url: string
    serviceToken: string
    databaseUrl: string
    redisUrl: string
  }
}

/**
 * Does what bin/keys does, by the same functions, in one process for the whole run: loading the program is most of what
 * a command costs. It also runs the service that test files share. It ends with this process, and that service with it.
 */
export async function startOperator(): Promise<{ port: number; stop: () => Promise<void> }> {
  const child = fork(fileURLToPath(new URL('operatorProcess.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [port] = await once(child, 'message', { signal: AbortSignal.timeout(60_000) })
  const exited = once(child, 'exit')
  return {
    port: Number(port),
    stop: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Asks that process, for the service with this environment. Throws what bin/keys would print. */
export async function askOperator(port: number, asked: Asked): Promise<Done> {
  if (port === 0) throw new Error('This file needs the service: bin/test --quick must leave it out.')
  const call = request({ port, host: '127.0.0.1', method: 'POST', agent: false })
  call.end(JSON.stringify(asked))
  const [response] = await once(call, 'response')
  const { result, error } = (await json(response)) as { result?: Done; error?: string }
  if (!result) throw new Error(error)
  return result
}
