/** Makes what a release publishes, into dist/: `npm run release`. CONTRIBUTING.md says when. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'
import { buildRelease } from './buildRelease.ts'
import { checkRelease } from './checkRelease.ts'
import { cutRelease } from './cutRelease.ts'
import { missingBuilder } from './saveImage.ts'

const USAGE = `npm run release -- [--no-image] [--build-arg BASE_IMAGE=…]… [--into FOLDER]
npm run release -- --cut VERSION     sets the version and dates the changelog, for you to commit`

const { values } = parseArgs({
  options: {
    image: { type: 'boolean', default: true },
    'build-arg': { type: 'string', multiple: true, default: [] },
    into: { type: 'string' },
    cut: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
})
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}
if (values.cut !== undefined) {
  const today = new Date().toISOString().slice(0, 'yyyy-mm-dd'.length)
  await cutRelease(root, values.cut, today).catch((error: Error) => fail(error.message))
  console.log(`This is ${values.cut} of ${today}. Look at the changes, and commit them.`)
  process.exit(0)
}

const { release, complaints } = await checkRelease(root)
if (complaints.length > 0) fail(complaints.join('\n\n'))

const into = resolve(values.into ?? join(root, 'dist'))
// dist/ is ours; any other folder may be somebody's.
if (values.into === undefined) await rm(into, { recursive: true, force: true })
await mkdir(into, { recursive: true })
if ((await readdir(into)).length > 0) fail(`${into} is not empty.`)

const missing = values.image ? await missingBuilder() : 'No image archive: --no-image.'
if (missing) console.log(missing)
await buildRelease({
  ...release,
  into,
  image: missing === undefined ? { buildArgs: values['build-arg'] } : undefined,
})

for (const name of (await readdir(into)).sort()) {
  const { size } = await stat(join(into, name))
  console.log(`${relative(process.cwd(), join(into, name))}  ${Math.ceil(size / 1000)} kB`)
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
