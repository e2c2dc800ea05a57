import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type PostgresBinaries, postgresBinaries } from '../../src/dev/postgresBinaries.ts'

/** The Postgres of the tests: npm's, or that in the folder of TEST_POSTGRES, which holds bin/, lib/ and share/. */
export async function testPostgres(): Promise<PostgresBinaries> {
  const folder = process.env.TEST_POSTGRES
  return folder ? binariesIn(folder) : postgresBinaries()
}

/** Programs of a Postgres in a folder of its own. */
export async function binariesIn(folder: string): Promise<PostgresBinaries> {
  const bin = join(folder, 'bin')
  const { stdout } = await promisify(execFile)(join(bin, 'postgres'), ['--version'])
  const version = /\) (\S+)/.exec(stdout)?.[1] ?? ''
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), folder, version }
}
