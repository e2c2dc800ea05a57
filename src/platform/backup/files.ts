import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { decidePruning, instantOf } from '../../domain/backups/backupRules.ts'
import type { Manifest } from '../../domain/backups/manifest.ts'

/** What is beside a dump, as `ID.json`: what it must be, and what restoring it must give. */
export type Description = {
  id: string
  startedAt: string
  /** The server's version. */
  postgres: string
  /** The version of the release that made it, and from which schema on releases may run on it. Since 0.3.0. */
  release?: string
  runsFrom?: number
  bytes: number
  sha256: string
  tables: Manifest
}

export const dumpOf = (dir: string, id: string): string => join(dir, `${id}.dump`)
const descriptionOf = (dir: string, id: string) => join(dir, `${id}.json`)
/** A file that is being written. */
const partial = (path: string) => `${path}.partial`

/** The complete backups of a folder, oldest first. */
export async function listDumps(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] as string[]
    throw error
  })
  return names
    .filter((name) => name.endsWith('.dump'))
    .map((name) => name.slice(0, -'.dump'.length))
    .filter((id) => instantOf(id) !== undefined && names.includes(`${id}.json`))
    .toSorted()
}

export async function readDescription(dir: string, id: string): Promise<Description> {
  return JSON.parse(await readFile(descriptionOf(dir, id), 'utf8'))
}

/** Writes a file that only its owner may read, and that is on the disk when this returns. */
async function writeSafely<Written>(
  path: string,
  write: (file: FileHandle) => Promise<Written>,
): Promise<Written> {
  const file = await open(path, 'wx', 0o600)
  try {
    const written = await write(file)
    await file.sync()
    return written
  } finally {
    await file.close()
  }
}

/** Writes what a program puts out. It is no backup yet: `complete` makes it one. */
export function writeDump(
  dir: string,
  id: string,
  output: Readable,
): Promise<{ bytes: number; sha256: string }> {
  return writeSafely(partial(dumpOf(dir, id)), async (file) => {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of output as AsyncIterable<Buffer>) {
      hash.update(chunk)
      bytes += chunk.length
      await file.writeFile(chunk)
    }
    return { bytes, sha256: hash.digest('hex') }
  })
}

/** Makes a written dump a backup. The name of the dump comes last, so no backup is without its description. */
export async function complete(dir: string, description: Description): Promise<void> {
  const { id } = description
  const path = descriptionOf(dir, id)
  await writeSafely(partial(path), (file) => file.writeFile(`${JSON.stringify(description, null, 2)}\n`))
  for (const one of [path, dumpOf(dir, id)]) await rename(partial(one), one)
  const folder = await open(dir, 'r')
  await folder.sync().finally(() => folder.close())
}

/** Throws unless the dump is byte by byte what was written. */
export async function requireIntact(dir: string, { id, sha256 }: Description): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(dumpOf(dir, id))) hash.update(chunk)
  if (hash.digest('hex') !== sha256) throw new Error(`${id}.dump is not the file that was written.`)
}

/** Removes what an attempt that was interrupted has left. Call it while nobody makes a backup. */
export async function removePartial(dir: string): Promise<void> {
  const left = (await readdir(dir)).filter((name) => /^keys-.*\.partial$/.test(name))
  await Promise.all(left.map((name) => rm(join(dir, name), { force: true })))
}

/** Deletes the backups that are old enough. Returns their IDs. */
export async function prune(
  dir: string,
  { proven, keepDays, now }: { proven: Set<string>; keepDays: number; now: Date },
): Promise<string[]> {
  const ids = decidePruning(await listDumps(dir), proven, keepDays, now)
  // A dump without its description is none, and the other way round.
  for (const id of ids)
    for (const path of [dumpOf(dir, id), descriptionOf(dir, id)]) await rm(path, { force: true })
  return ids
}
