import { readFileSync } from 'node:fs'

/** The text of a script of this folder. `packages/pack/bundle.ts` writes the texts themselves into the package. */
export const source = (name: string): string =>
  readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8')
