import { join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'
import { type HttpProcess, startBare, startHttp } from '../startProcess.ts'
import type { Service } from '../startService.ts'
import type { KeyFiles } from './manyKeys.ts'

export const FEW = 200
export const MANY = 100_000

export type Fsync = 'everysec' | 'always'

/** One server with one load. `name` is what ratios refer to. */
export type Contender = {
  name: string
  title: string
  server: { url: string; pid: number }
  script: 'forwardAuth' | 'verify'
  /** Of `keyId value` lines. */
  file: string
  /** With which of Redis's settings it is measured; a server without Redis with the first one alone. */
  fsync: Fsync[]
}

const BOTH: Fsync[] = ['everysec', 'always']
const FIRST: Fsync[] = ['everysec']

/** Starts everything that is measured, in the order of a round; `stop` ends what the service itself does not. */
export async function startContenders(service: Service, files: KeyFiles) {
  const file = (count: number) => files.get(count) ?? ''
  // Other tables with the same names as ours.
  await service.query('create database better_auth', [])
  const betterAuthUrl = new URL(service.env.DATABASE_URL)
  betterAuthUrl.pathname = '/better_auth'

  const started: HttpProcess[] = []
  const start = async (starting: Promise<HttpProcess>) => {
    const one = await starting
    started.push(one)
    return one
  }
  const startHandWritten = (mode: string) =>
    // Without a key it answers 401: then it is ready.
    startHttp([join(root, 'bench/verification/handWritten.ts'), mode, file(FEW)], service.env, '/', 401)
  const startBetterAuth = (storage: string) =>
    startHttp(
      [join(root, 'bench/verification/betterAuth.ts'), storage, betterAuthFile(storage), String(FEW)],
      { ...service.env, DATABASE_URL: betterAuthUrl.href },
      '/',
      401,
    )
  const betterAuthFile = (storage: string) => join(service.folder, `better-auth-${storage}.txt`)

  const [http, body] = [await start(startBare('http')), await start(startBare('body'))]
  const [plain, pipelined] = [
    await start(startHandWritten('plain')),
    await start(startHandWritten('pipelined')),
  ]
  const database = await start(startBetterAuth('database'))
  const secondary = await start(startBetterAuth('secondary-storage'))

  const ours = { server: service.api, script: 'forwardAuth', fsync: BOTH } as const
  const theirs = { script: 'forwardAuth', file: file(FEW) } as const
  const contenders: Contender[] = [
    { ...theirs, name: 'http', title: 'bare `node:http`', server: http, fsync: FIRST },
    { ...ours, name: 'few', title: '`/forward-auth`, 200 keys', file: file(FEW) },
    { ...ours, name: 'one', title: '`/forward-auth`, 1 key', file: file(1) },
    { ...ours, name: 'many', title: '`/forward-auth`, 100,000 keys', file: file(MANY) },
    { ...theirs, name: 'body', title: 'bare, parses the body', server: body, script: 'verify', fsync: FIRST },
    {
      ...ours,
      name: 'verify',
      title: '`/verify`, 200 keys',
      script: 'verify',
      file: file(FEW),
      fsync: FIRST,
    },
    { ...theirs, name: 'plain', title: 'hand-written', server: plain, fsync: BOTH },
    { ...theirs, name: 'pipelined', title: 'hand-written, auto-pipelining', server: pipelined, fsync: BOTH },
    {
      ...theirs,
      name: 'secondary',
      title: 'Better Auth, Redis',
      server: secondary,
      file: betterAuthFile('secondary-storage'),
      fsync: BOTH,
    },
    {
      ...theirs,
      name: 'database',
      title: 'Better Auth, Postgres',
      server: database,
      file: betterAuthFile('database'),
      fsync: FIRST,
    },
  ]
  const stop = () => Promise.all(started.map((one) => one.stop()))
  return { contenders, stop }
}
