import { readFileSync } from 'node:fs'

/** What runs here: its `version` is that of package.json. */
export const release: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)
