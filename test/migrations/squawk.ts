import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'
import type { Script } from './scripts.ts'

/** Rules about style, and those that lint.test.ts decides better, by what Postgres shows. */
const EXCLUDED = [
  'adding-field-with-default',
  'require-lock-timeout',
  'require-statement-timeout',
  'prefer-robust-stmts',
  'prefer-bigint-over-int',
  'prefer-bigint-over-smallint',
  'prefer-identity',
]

type Violation = { file: string; line: number; rule_name: string; message: string }

/** What squawk (https://squawkhq.com/docs/rules) finds: by script, `rule: message`. */
export async function squawk(scripts: Script[]): Promise<Map<string, string[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-squawk-'))
  const found = new Map(scripts.map(({ name }) => [name, [] as string[]]))
  try {
    for (const transactional of [true, false]) {
      const files = scripts.filter((script) => script.transactional === transactional)
      for (const { name, statements } of files) {
        const sql = statements.map((statement) => `${statement.trim().replace(/;$/, '')};\n`).join('')
        await writeFile(join(folder, `${name}.sql`), sql)
      }
      const paths = files.map(({ name }) => join(folder, `${name}.sql`))
      if (paths.length === 0) continue
      const options = transactional ? ['--assume-in-transaction'] : []
      for (const { file, rule_name, message } of await run([...options, ...paths]))
        found.get(basename(file, '.sql'))?.push(`${rule_name}: ${message}`)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  return found
}

/** It exits with 1 when it has found something. */
function run(args: string[]): Promise<Violation[]> {
  const options = ['--reporter', 'json', '--pg-version', '18.0', `--exclude=${EXCLUDED.join(',')}`]
  return new Promise((resolve, reject) =>
    execFile(join(root, 'node_modules/.bin/squawk'), [...options, ...args], (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout))
      } catch {
        reject(new Error(`squawk: ${stderr || error?.message}`))
      }
    }),
  )
}
