import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../../src/dev/freePort.ts'
import { findRedisServer } from '../../src/dev/redis.ts'
import { startServer } from '../../src/dev/startServer.ts'
import { findProgram } from '../support/startProxy.ts'
import { fakeTimeLibrary } from '../support/steppedClock.ts'

const run = promisify(execFile)

/** Debian's `nobody`: PgBouncer refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 }
const isRoot = process.getuid?.() === 0

/** The real PgBouncer in front of a Postgres, as its documentation configures it, with these lines added. */
export async function startPgBouncer(postgresUrl: string, lines: string[] = []) {
  const { port, username, password } = new URL(postgresUrl)
  const [folder, ownPort] = [await makeFolder(), await freePort()]
  const [config, users] = [join(folder, 'pgbouncer.ini'), join(folder, 'users.txt')]
  await writeFile(users, `"${username}" "${password}"\n`)
  const settings = [
    ...[
      'listen_addr = 127.0.0.1',
      `listen_port = ${ownPort}`,
      'unix_socket_dir =',
      'pool_mode = transaction',
    ],
    ...['auth_type = scram-sha-256', `auth_file = ${users}`],
  ]
  const databases = `* = host=127.0.0.1 port=${port}`
  await writeFile(config, ['[databases]', databases, '[pgbouncer]', ...settings, ...lines, ''].join('\n'))
  if (isRoot) for (const path of [folder, config, users]) await chown(path, NOBODY.uid, NOBODY.gid)
  const server = await startServer({
    command: await findProgram('pgbouncer'),
    args: [config],
    user: isRoot ? NOBODY : undefined,
    ready: /process up/,
    stopSignal: 'SIGINT',
  })
  return {
    url: Object.assign(new URL(postgresUrl), { port: String(ownPort) }).href,
    stop: () => stopIn(folder, server),
  }
}

/** A Redis with other arguments than the service needs, on a free port. */
export async function startOtherRedis(args: string[], dir?: string) {
  const [folder, port] = [await makeFolder(), await freePort()]
  const server = await startServer({
    command: await findRedisServer(),
    args: [
      ...args,
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir ?? folder, '--save', ''],
      ...['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'],
    ],
    ready: /Ready to accept connections/,
    stopSignal: 'SIGTERM',
  })
  return { url: `redis://127.0.0.1:${port}`, stop: () => stopIn(folder, server) }
}

/** A real Sentinel, which watches a Redis. */
export async function startSentinel(watchedPort: number) {
  const [folder, port] = [await makeFolder(), await freePort()]
  const config = join(folder, 'sentinel.conf')
  await writeFile(
    config,
    `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor keys 127.0.0.1 ${watchedPort} 1\n`,
  )
  const server = await startServer({
    command: await findRedisServer(),
    args: [config, '--sentinel'],
    ready: /monitor master keys/,
    stopSignal: 'SIGTERM',
  })
  return { url: `redis://127.0.0.1:${port}`, stop: () => stopIn(folder, server) }
}

/** Environment of a process to which libc says a time that is so many seconds ahead. */
export async function clockAhead(seconds: number): Promise<Record<string, string>> {
  const offset = `${seconds < 0 ? '' : '+'}${seconds}s`
  return {
    LD_PRELOAD: await fakeTimeLibrary(),
    FAKETIME: offset,
    // What waits, waits by a clock that nobody changes.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  }
}

/** A small disk of its own, in memory; undefined where this user may not mount one. */
export async function mountDisk(megabytes: number) {
  const folder = await makeFolder()
  const mounted = await run('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${megabytes}m,mode=0700`,
    'pictify-keys',
    folder,
  ]).then(
    () => true,
    () => false,
  )
  const remove = () => rm(folder, { recursive: true, force: true })
  if (!mounted) {
    await remove()
    return undefined
  }
  return {
    folder,
    stop: async () => {
      await run('umount', ['--lazy', folder])
      await remove()
    },
  }
}

const makeFolder = () => mkdtemp(join(tmpdir(), 'pictify-keys-doctor-'))

async function stopIn(folder: string, server: { stop: () => Promise<void> }): Promise<void> {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
