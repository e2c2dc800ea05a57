import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'
import { packAll } from '../pack/packAll.ts'
import { createSbom } from './createSbom.ts'
import { saveImage } from './saveImage.ts'

type Options = {
  version: string
  notes: string
  epoch: number
  /** An empty folder. */
  into: string
  /** Undefined: no image is built. Otherwise `NAME=value`, the arguments of the Dockerfile. */
  image?: { buildArgs: string[] } | undefined
}

/**
 * Makes what a release publishes. The same commit makes the same bytes: every date is the commit's. The versions of
 * npm, of zlib and of the image's base are the machine's, so another machine may make other bytes.
 */
export async function buildRelease({ version, notes, epoch, into, image }: Options): Promise<void> {
  await packAll(into)
  await promisify(execFile)('python3', [join(root, 'clients/python/build_backend.py'), into], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch), PYTHONDONTWRITEBYTECODE: '1' },
  })
  await writeFile(join(into, `pictify-keys-${version}.cdx.json`), await createSbom(root, epoch))
  await writeFile(join(into, 'RELEASE_NOTES.md'), notes)
  if (image)
    await saveImage({
      root,
      version,
      epoch,
      ...image,
      into: join(into, `pictify-keys-${version}-image.tar.gz`),
    })
  const names = (await readdir(into)).sort()
  const sums = await Promise.all(names.map(async (name) => `${await sha256(join(into, name))}  ${name}\n`))
  await writeFile(join(into, 'SHA256SUMS'), sums.join(''))
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
