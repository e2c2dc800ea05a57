import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
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

const run = (...args: string[]) => promisify(execFile)('buildah', args, { maxBuffer: 256e6 })

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
  const name = `localhost/pictify-keys:${version}`
  const args = buildArgs.flatMap((arg) => ['--build-arg', arg])
  // Without layers nothing of an earlier build is used.
  const build = ['build', '--format', 'docker', '--layers=false', '--timestamp', String(epoch)]
  const tar = into.replace(/\.gz$/, '')
  try {
    await run(...storage, ...build, ...args, '--tag', name, root)
    await run(...storage, 'push', name, `docker-archive:${tar}:pictify-keys:${version}`)
    await pipeline(createReadStream(tar), createGzip({ level: 6 }), createWriteStream(into))
  } finally {
    await rm(tar, { force: true })
    await run(...storage, 'rmi', name).catch(() => undefined)
  }
}
