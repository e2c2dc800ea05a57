import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'
import type { Keys } from '../createKeys.ts'
import { type HttpProcess, startBare, startHttp } from '../startProcess.ts'
import type { Service } from '../startService.ts'

export type ContenderName = 'http' | 'few' | 'one' | 'body' | 'verify' | 'pipelined' | 'betterAuth'

/** One server with one load: a wrk script over the keys of a file of `keyId value` lines. */
export type Contender = {
  name: ContenderName
  server: { url: string; pid: number }
  script: 'forwardAuth' | 'verify'
  file: string
}

/** Starts everything that is measured, in the order of a round; `stop` ends what the service itself does not. */
export async function startContenders(service: Service, keys: Keys) {
  const oneKey = join(service.folder, 'key.txt')
  const [first = ''] = (await readFile(keys.file, 'utf8')).split('\n')
  await writeFile(oneKey, `${first}\n`, { mode: 0o600 })
  // Other tables with the same names as ours.
  await service.query('create database better_auth', [])
  const DATABASE_URL = Object.assign(new URL(service.env.DATABASE_URL), { pathname: '/better_auth' }).href
  const betterAuthFile = join(service.folder, 'better-auth.txt')
  const program = (name: string, args: string[], env = {}) =>
    // Without a key it answers 401: then it is ready.
    startHttp([join(root, 'bench/verification', name), ...args], { ...service.env, ...env }, '/', 401)

  const started: HttpProcess[] = []
  const stop = () => Promise.all(started.map((one) => one.stop()))
  const start = async (starting: Promise<HttpProcess>) => {
    const one = await starting
    started.push(one)
    return one
  }
  try {
    const http = await start(startBare('http'))
    const body = await start(startBare('body'))
    const pipelined = await start(program('handWritten.ts', [keys.file]))
    const args = [betterAuthFile, String(keys.ids.length)]
    const betterAuth = await start(program('betterAuth.ts', args, { DATABASE_URL }))
    const { api } = service
    const { file } = keys
    const contenders: Contender[] = [
      { name: 'http', server: http, script: 'forwardAuth', file },
      { name: 'few', server: api, script: 'forwardAuth', file },
      { name: 'one', server: api, script: 'forwardAuth', file: oneKey },
      { name: 'body', server: body, script: 'verify', file },
      { name: 'verify', server: api, script: 'verify', file },
      { name: 'pipelined', server: pipelined, script: 'forwardAuth', file },
      { name: 'betterAuth', server: betterAuth, script: 'forwardAuth', file: betterAuthFile },
    ]
    return { contenders, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
