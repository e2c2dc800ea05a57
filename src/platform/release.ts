import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
/** The version of this release, as in package.json. */
export const VERSION: string = manifest.version
