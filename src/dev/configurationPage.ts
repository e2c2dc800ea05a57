import { join } from 'node:path'
import { EnvSchema, readEnv } from '../platform/env.ts'
import { root } from './dataDir.ts'
import { code, table } from './reference/table.ts'

export const PAGE = join(root, 'docs/configuration.md')
const TABLE = /^\| variable +\| default +\| meaning.*?\n(?=\n)/ms

/** The page with the first of its tables made of the schema of the environment. */
export function withVariables(page: string): string {
  return page.replace(TABLE, () => variables())
}

function variables(): string {
  const required = {
    DATABASE_URL: 'postgres://localhost/keys',
    REDIS_URL: 'redis://localhost',
    SECRETS_KEY: Buffer.alloc(32).toString('base64'),
  }
  const defaults: Record<string, unknown> = readEnv(required)
  const rows = Object.entries(EnvSchema.shape).map(([name, schema]) => {
    const fallback = String(defaults[name] ?? '')
    const shown = name in required ? 'required' : fallback && code(fallback)
    return [code(name), shown, schema.description ?? '']
  })
  return `${table(['variable', 'default', 'meaning'], rows)}\n`
}
