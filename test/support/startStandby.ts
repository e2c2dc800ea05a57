import { execFile } from 'node:child_process'
import { appendFile, chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hangServer } from '../../src/dev/hangServer.ts'
import { startPostgres } from '../../src/dev/postgres.ts'
import { postgresHome } from '../../src/dev/postgresHome.ts'
import { openPostgres } from '../../src/platform/postgres.ts'
import { runSql } from '../setup/runSql.ts'
import { testPostgres } from '../setup/testPostgres.ts'
import { eventually } from './eventually.ts'

/** A standby of this Postgres, made by its low-level backup API: npm's Postgres has no pg_basebackup. */
export async function startStandby(primaryUrl: string) {
  const dataDir = await mkdtemp(join(tmpdir(), 'pictify-keys-standby-'))
  // Under root, Postgres runs as another user, who has to get in.
  await chmod(dataDir, 0o711)
  const binaries = await testPostgres()
  const home = await postgresHome(dataDir, binaries)
  const cluster = join(home.folder, 'cluster')
  await copyCluster(primaryUrl, cluster)
  const { hostname, port, username, password, pathname } = new URL(primaryUrl)
  const connection = `host=${hostname} port=${port} user=${username} password=${password}`
  await appendFile(join(cluster, 'postgresql.auto.conf'), `primary_conninfo = '${connection}'\n`)
  await writeFile(join(cluster, 'standby.signal'), '')
  await writeFile(join(home.folder, 'password'), `${password}\n`, { mode: 0o600 })
  if (home.user)
    for (const name of ['standby.signal', 'backup_label'])
      await chown(join(cluster, name), home.user.uid, home.user.gid)
  let server = await startPostgres({ dataDir, binaries, temporary: true })
  const { port: ownPort, url } = server
  let goOn = () => {}
  return {
    url: Object.assign(new URL(url), { pathname }).href,
    port: ownPort,
    /** Resolves once the primary commits nothing that this standby does not have on its disk. */
    becomeSynchronous: async () => {
      await runSql(primaryUrl, `alter system set synchronous_standby_names = '*'`)
      await runSql(primaryUrl, 'select pg_reload_conf()')
      await eventually(
        () => runSql(primaryUrl, `select from pg_stat_replication where sync_state = 'sync'`),
        ([rows]) => rows?.length === 1,
      )
    },
    /** Makes it the primary. */
    promote: () => runSql(url, 'select pg_promote()'),
    /** SIGSTOP to all of it, and SIGCONT. */
    hang: async () => {
      goOn = await hangServer(server.pid)
    },
    goOn: () => goOn(),
    kill: () => server.kill(),
    restart: async () => {
      server = await startPostgres({ dataDir, port: ownPort, binaries, temporary: true })
    },
    stop: () => {
      goOn()
      return server.stop()
    },
  }
}

/** Copies the files of a running primary. What it writes meanwhile, the standby fetches. */
async function copyCluster(primaryUrl: string, cluster: string): Promise<void> {
  const orm = await openPostgres(primaryUrl, { poolMax: 1 })
  try {
    // The backup ends with its session.
    await orm.em.fork().transactional(async (em) => {
      const [where] = await em.execute<{ folder: string }[]>(
        `select current_setting('data_directory') as folder`,
      )
      const folder = where?.folder ?? ''
      await em.execute(`select pg_backup_start('standby', fast => true)`)
      // With their owner.
      await promisify(execFile)('cp', ['-a', folder, cluster])
      const [label] = await em.execute<{ labelfile: string }[]>('select labelfile from pg_backup_stop()')
      await writeFile(join(cluster, 'backup_label'), label?.labelfile ?? '')
      await rm(join(cluster, 'postmaster.pid'), { force: true })
    })
  } finally {
    await orm.close()
  }
}
