import { writeFile } from 'node:fs/promises'

/** Of a key of our form, with the prefix `pk`. */
export const VALUE_LENGTH = 'pk_live_'.length + 38

/** Values of keys, one a line, each of the same length: the nth is found without reading the others. */
export const writeValuesFile = (file: string, values: string[]) =>
  writeFile(file, values.map((value) => `${value}\n`).join(''), { mode: 0o600 })
