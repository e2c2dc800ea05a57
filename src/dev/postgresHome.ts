import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PostgresBinaries } from './postgresBinaries.ts'

const run = promisify(execFile)

export type PostgresUser = { uid: number; gid: number }

export type PostgresHome = {
  /** Holds the folder `cluster` and the file `password`. */
  folder: string
  binaries: PostgresBinaries
  /** Whom the server runs as; undefined: ourselves. */
  user: PostgresUser | undefined
}

/** Where root keeps what the server's user cannot reach in the project's folder, say under /root. */
const ELSEWHERE = '/var/lib/pictify-keys'

/**
 * Where the cluster of `dataDir` is and who runs it. Postgres refuses to run as root: for root it runs as the user
 * `postgres` (made if need be), and folder and binaries that this user cannot reach are kept in
 * /var/lib/pictify-keys, with the file `dataDir/location` pointing there.
 */
export async function postgresHome(dataDir: string, binaries: PostgresBinaries): Promise<PostgresHome> {
  await mkdir(dataDir, { recursive: true })
  if (process.getuid?.() !== 0) return { folder: dataDir, binaries, user: undefined }

  const pointer = join(dataDir, 'location')
  let folder = (await readFile(pointer, 'utf8').catch(() => '')).trim()
  const isNew = !folder && !(await fileExists(join(dataDir, 'cluster')))
  folder ||= dataDir
  const user = (await ownerOf(join(folder, 'cluster'))) ?? (await postgresUser())
  if (isNew && !(await isReachable(dataDir, user))) {
    folder = join(ELSEWHERE, createHash('sha256').update(dataDir).digest('hex').slice(0, 16))
    // No pointer led here: whatever is there belongs to a data folder that has been deleted.
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    await run('chmod', ['755', ELSEWHERE, folder])
    await writeFile(pointer, `${folder}\n`)
  }
  return { folder, user, binaries: await reachableBinaries(binaries, user) }
}

export async function fileExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** A cluster made by an ordinary user, or before the user `postgres` existed, is run by its owner. */
async function ownerOf(cluster: string): Promise<PostgresUser | undefined> {
  const found = await stat(cluster).catch(() => undefined)
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined
}

async function postgresUser(): Promise<PostgresUser> {
  const ids = async () => {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'postgres'])))
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) }
  }
  try {
    return await ids()
  } catch {
    // Two runs may get here at once: the second one's failure does not matter.
    const failure = await run('useradd', [
      '--system',
      '--user-group',
      '--shell',
      '/bin/false',
      'postgres',
    ]).catch(String)
    return ids().catch(() => {
      throw new Error(`Postgres cannot run as root, and the user postgres could not be made: ${failure}`)
    })
  }
}

/** Asks the kernel, as that user: it knows every parent folder's mode and access list. */
async function isReachable(path: string, user: PostgresUser): Promise<boolean> {
  return run('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  )
}

async function reachableBinaries(binaries: PostgresBinaries, user: PostgresUser): Promise<PostgresBinaries> {
  if (await isReachable(binaries.postgres, user)) return binaries
  const folder = join(ELSEWHERE, `postgres-${binaries.version}-${process.arch}`)
  if (!(await fileExists(folder))) {
    const unfinished = `${folder}.${process.pid}`
    await cp(binaries.folder, unfinished, { recursive: true, verbatimSymlinks: true })
    await run('chmod', ['-R', 'a+rX', unfinished])
    await run('chmod', ['755', ELSEWHERE])
    // Another run may have finished first; its copy is as good.
    await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true, force: true }))
  }
  return {
    ...binaries,
    folder,
    initdb: join(folder, 'bin', 'initdb'),
    postgres: join(folder, 'bin', 'postgres'),
  }
}
