import { access, chmod, mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startPostgres } from '../../src/dev/postgres.ts'
import { migrate } from '../../src/platform/migrate.ts'
import { openPostgres } from '../../src/platform/postgres.ts'
import { binariesIn } from '../setup/testPostgres.ts'

/** The programs of the newest Postgres that the system's packages installed: npm's has no pg_dump. */
async function packagedBinaries() {
  const folders: string[] = []
  for (const root of ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'])
    for (const name of await readdir(root).catch(() => []))
      if (/^(postgresql@)?\d+$/.test(name)) folders.push(join(root, name, 'bin'))
  const number = (folder: string) => Number(/(\d+)\/bin$/.exec(folder)?.[1])
  for (const bin of folders.toSorted((a, b) => number(b) - number(a))) {
    const needed = ['initdb', 'postgres', 'pg_dump', 'pg_restore'].map((name) => access(join(bin, name)))
    if ((await Promise.allSettled(needed)).some(({ status }) => status === 'rejected')) continue
    return { bin, ...(await binariesIn(dirname(bin))) }
  }
  throw new Error('There is no Postgres with pg_dump: bin/test installs one (apt-get install postgresql)')
}

/** A Postgres of the system's packages, migrated and empty, with the folder of its pg_dump. */
export async function startPackagedPostgres() {
  const dataDir = await mkdtemp(join(tmpdir(), 'pictify-keys-packaged-'))
  // Under root, Postgres runs as another user, who has to get in.
  await chmod(dataDir, 0o711)
  const { bin: pgBin, ...binaries } = await packagedBinaries()
  const server = await startPostgres({ dataDir, binaries, temporary: true, fast: true })
  const orm = await openPostgres(server.url)
  await migrate(orm)
  return {
    pgBin,
    orm,
    databaseUrl: server.url,
    stop: async () => {
      await orm.close()
      await server.stop()
    },
  }
}
