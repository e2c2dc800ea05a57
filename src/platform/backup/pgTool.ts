import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

const MOST_OUTPUT = 64 * 1024

/** How to reach a database, for programs of Postgres. Nothing of it shows in the list of processes. */
export function libpqEnv(databaseUrl: string, database?: string): NodeJS.ProcessEnv {
  const url = new URL(databaseUrl)
  const given = (name: string) => url.searchParams.get(name) ?? undefined
  const sslMode = given('sslmode')
  const isVerified = sslMode === 'verify-full' || sslMode === 'verify-ca'
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    PGHOST: given('host') ?? url.hostname.replace(/^\[|\]$/g, ''),
    PGPORT: url.port || '5432',
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: database ?? decodeURIComponent(url.pathname.slice(1)),
    PGSSLMODE: sslMode === 'no-verify' ? 'require' : sslMode,
    // Node trusts the system's certificates, too.
    PGSSLROOTCERT: given('sslrootcert') ?? (isVerified ? 'system' : undefined),
    PGSSLCERT: given('sslcert'),
    PGSSLKEY: given('sslkey'),
    PGCONNECT_TIMEOUT: '10',
    PGAPPNAME: 'pictify-keys-backup',
  }
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value))
}

type Tool = {
  name: 'pg_dump' | 'pg_restore'
  pgBin?: string | undefined
  args: string[]
  env: NodeJS.ProcessEnv
  signal?: AbortSignal | undefined
}

/**
 * Runs a program of Postgres and hands its output to `take`. Throws an Error with what it says is wrong, in one line
 * without data of rows. It ends with this process, and when `signal` says so.
 */
export async function runTool<Taken>(
  { name, pgBin, args, env, signal }: Tool,
  take: (output: Readable) => Promise<Taken>,
): Promise<Taken> {
  const child = spawn(pgBin === undefined ? name : join(pgBin, name), args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  })
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) =>
      reject(signal?.aborted ? new Error(`${name} was stopped.`) : notStarted(name, error)),
    )
    child.once('close', resolve)
  })
  const complaints = text(child.stderr)
  try {
    const [taken, status, said] = await Promise.all([take(child.stdout), exited, complaints])
    if (status !== 0) throw new Error(`${name} failed: ${firstError(said)}`)
    return taken
  } finally {
    process.off('exit', end)
    end()
  }
}

const notStarted = (name: string, { code }: NodeJS.ErrnoException) =>
  new Error(`${name} could not be started (${code}). Install the client of Postgres, or set BACKUP_PG_BIN.`)

/** What follows the first line may quote rows. */
function firstError(said: string): string {
  const lines = said.slice(0, MOST_OUTPUT).split('\n')
  const line = lines.find((one) => /\berror: /i.test(one)) ?? lines[0] ?? ''
  return line.replace(/^\w+: error: /, '').slice(0, 300)
}

/** Throws unless the program is as new as the server: an older `pg_dump` refuses, and an older `pg_restore` may. */
export async function requireVersion(
  tool: Pick<Tool, 'name' | 'pgBin' | 'signal'>,
  serverMajor: number,
): Promise<void> {
  const said = await runTool(
    { ...tool, args: ['--version'], env: { PATH: process.env.PATH, LC_ALL: 'C' } },
    text,
  )
  const major = Number(/\) (\d+)/.exec(said)?.[1])
  if (major >= serverMajor) return
  throw new Error(
    `${tool.name} ${major} is older than the server, Postgres ${serverMajor}. Install the client of version ${serverMajor}, or set BACKUP_PG_BIN.`,
  )
}
