import { execFile } from 'node:child_process'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'
import { hangServer } from '../../src/dev/hangServer.ts'
import { startPostgres } from '../../src/dev/postgres.ts'
import type { FreshDatabase } from '../setup/cloneTemplate.ts'
import { testPostgres } from '../setup/testPostgres.ts'

export type OwnPostgres = FreshDatabase & {
  kill: () => Promise<void>
  /** SIGKILL, and starts it again on the same port and data. */
  crash: () => Promise<void>
  /** SIGSTOP to all of it: connections stay, new ones are taken by the kernel, and nothing is answered. */
  hang: () => Promise<void>
  /** SIGCONT. */
  goOn: () => void
}

/** A Postgres server of one's own, migrated and empty, which keeps what it has committed: for tests that kill it. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pictify-keys-own-'))
  // Under root, Postgres runs as another user, who has to get in.
  await chmod(dataDir, 0o711)
  const binaries = await testPostgres()
  let server = await startPostgres({ dataDir, binaries, temporary: true })
  const { port, url } = server
  await promisify(execFile)(process.execPath, ['src/cli/main.ts', 'migrate'], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: url },
  })
  let goOn = () => {}
  return {
    databaseUrl: url,
    hang: async () => {
      goOn = await hangServer(server.pid)
    },
    goOn: () => goOn(),
    kill: () => server.kill(),
    crash: async () => {
      await server.kill()
      server = await startPostgres({ dataDir, port, binaries, temporary: true })
    },
    drop: () => {
      goOn()
      return server.stop()
    },
  }
}
