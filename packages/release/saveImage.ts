import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'

type Options = {
  root: string
  version: string
  /** The date of every file in it and of the image, in seconds since 1970. */
  epoch: number
  /** `BASE_IMAGE=…` and the like: the arguments of the Dockerfile. */
  buildArgs: string[]
  /** The path of the archive. */
  into: string
  /** Options that lead buildah to images elsewhere than where it keeps them by default. */
  storage?: string[]
}

const exec = promisify(execFile)
const run = (...args: string[]) => exec('buildah', args, { maxBuffer: 256e6 })

/** Why there can be no image here; undefined when there can. */
export const missingBuilder = () =>
  run('--version').then(
    () => undefined,
    () => 'buildah is not installed, so there is no image archive. Install it, or say --no-image.',
  )

/**
 * Builds the image and saves it as an archive for `docker load`, `podman load` and skopeo. That form, because the OCI's
 * has no HEALTHCHECK, and its archives have the time of their making in them.
 */
export async function saveImage(options: Options): Promise<void> {
  const { root, version, epoch, buildArgs, into, storage = [] } = options
  const args = buildArgs.flatMap((arg) => ['--build-arg', arg])
  // Without layers nothing of an earlier build is used.
  const build = ['build', '--format', 'docker', '--layers=false', '--timestamp', String(epoch)]
  const folder = await mkdtemp(join(dirname(into), 'image-'))
  const [tar, idFile] = [join(folder, 'built.tar'), join(folder, 'id')]
  let id: string | undefined
  try {
    // By its ID: an archive has every name that the image has here, and it is to have its own alone.
    await run(...storage, ...build, ...args, '--iidfile', idFile, root)
    id = (await readFile(idFile, 'utf8')).trim()
    await run(...storage, 'push', id, `docker-archive:${tar}:pictify-keys:${version}`)
    const saved = await withoutBuild(tar, epoch)
    await pipeline(createReadStream(saved), createGzip({ level: 6 }), createWriteStream(into))
  } finally {
    await rm(folder, { recursive: true, force: true })
    if (id) await run(...storage, 'rmi', id).catch(() => undefined)
  }
}

/**
 * The same image without what differs in each build: the container in which it was built, and the stage before it.
 * Returns the path of the archive, which lies beside the given one. Form:
 * https://github.com/moby/moby/blob/v25.0.0/image/spec/spec.md, "Combined Image JSON + Filesystem Changeset Format".
 */
async function withoutBuild(tar: string, epoch: number): Promise<string> {
  const folder = join(dirname(tar), 'image')
  const inFolder = (name: string) => join(folder, name)
  await mkdir(folder)
  await exec('tar', ['-xf', tar, '-C', folder])
  const [image] = JSON.parse(await readFile(inFolder('manifest.json'), 'utf8'))
  const { container, container_config, parent, ...kept } = JSON.parse(
    await readFile(inFolder(image.Config), 'utf8'),
  )
  delete kept.config.Hostname
  for (const step of kept.history ?? []) delete step.comment
  const text = JSON.stringify(kept)
  const config = `${createHash('sha256').update(text).digest('hex')}.json`
  await writeFile(inFolder(config), text)
  await writeFile(inFolder('manifest.json'), JSON.stringify([{ ...image, Config: config }]))
  const saved = join(dirname(tar), 'image.tar')
  const same = [
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=0644',
    `--mtime=@${epoch}`,
  ]
  await exec('tar', [...same, '-cf', saved, '-C', folder, 'manifest.json', config, ...image.Layers])
  return saved
}
