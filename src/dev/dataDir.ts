import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Where bin/dev keeps its state: DATA_DIR, from the caller's folder, else `.data` in the repository. */
export function dataDirectory(): string {
  return resolve(process.env.DATA_DIR || join(root, '.data'))
}

const LOCK_FILE = 'lock.sqlite'
/** A look at the lock holds it for an instant, which must not stop a start. */
const LOCK_WAIT_MS = 500

// A collected database would give the lock back.
const held: DatabaseSync[] = []

/**
 * Takes the folder's lock until this process ends, however it ends; false when another process holds it. SQLite is used
 * for its file lock, the only one Node can take that the kernel frees at SIGKILL.
 */
export function lockDataDirectory(dataDir: string): boolean {
  const database = new DatabaseSync(join(dataDir, LOCK_FILE), { timeout: LOCK_WAIT_MS })
  try {
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    if (!isBusy(error)) throw error
    database.close()
    return false
  }
  held.push(database)
  return true
}

/** Whether a bin/dev runs on the folder. */
export function isDataDirectoryLocked(dataDir: string): boolean {
  if (!existsSync(join(dataDir, LOCK_FILE))) return false
  const database = new DatabaseSync(join(dataDir, LOCK_FILE), { readOnly: true })
  try {
    database.exec('SELECT count(*) FROM sqlite_schema')
    return false
  } catch (error) {
    if (!isBusy(error)) throw error
    return true
  } finally {
    database.close()
  }
}

/** SQLITE_BUSY. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5
}

/** A JSON file of the folder; undefined when it is missing. */
export async function readState<T>(dataDir: string, name: string): Promise<T | undefined> {
  const text = await readFile(join(dataDir, name), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as T)
}

/** Writes a JSON file of the folder, whole or not at all, readable by its owner only. */
export async function writeState(dataDir: string, name: string, value: unknown): Promise<void> {
  const path = join(dataDir, name)
  await writeFile(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
