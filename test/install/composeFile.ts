import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from '../../src/dev/dataDir.ts'

type ComposeService = {
  image: string
  command?: string[]
  entrypoint?: string[]
  environment?: Record<string, string>
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  stop_grace_period?: string
  tmpfs?: string[]
  profiles?: string[]
  healthcheck?: { test?: string[]; disable?: boolean }
  depends_on?: Record<string, { condition: string }>
}

export type ComposeFile = { services: Record<string, ComposeService> }

/** compose.yaml as it stands, with its anchors resolved. */
export async function readComposeFile(): Promise<ComposeFile> {
  return parse(await readFile(join(root, 'compose.yaml'), 'utf8'), { merge: true })
}

/**
 * A text with `${NAME}`, `${NAME:-default}` and `${NAME:?message}` replaced as Compose does. Throws the message where a
 * required one is missing.
 */
export function interpolate(text: string, variables: Record<string, string>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name, kind, rest) => {
    const value = variables[name]
    if (value) return value
    if (kind === '?') throw new Error(`${name}: ${rest}`)
    return rest ?? ''
  })
}

/** The variables of a .env file. */
export function parseEnvFile(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => /^\w+=/.test(line))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
