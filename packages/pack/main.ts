/** Packs the packages for npm: `npm run pack`, or `npm run pack -- FOLDER` for another folder than dist/packages. */
import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'
import { packAll } from './packAll.ts'

const into = resolve(process.argv[2] ?? `${root}/dist/packages`)
for (const tarball of await packAll(into)) {
  const { size } = await stat(tarball)
  console.log(`${relative(process.cwd(), tarball)}  ${Math.ceil(size / 1000)} kB`)
}
