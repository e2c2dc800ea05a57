import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { saveImage } from '../../packages/release/saveImage.ts'
import { root } from '../../src/dev/dataDir.ts'
import { VERSION } from '../../src/platform/release.ts'

const run = promisify(execFile)
const EPOCH = Date.UTC(2026, 10, 27, 12) / 1000
const store = process.env.INSTALL_STORE ?? join(tmpdir(), 'pictify-keys-install')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-archive-'))
  await run(join(root, 'test/install/build-images.sh'), [store, 'bare'], { maxBuffer: 256e6 })
  process.env.BUILDAH_ISOLATION = 'chroot'
}, 1_800_000)
afterAll(async () => {
  delete process.env.BUILDAH_ISOLATION
  await rm(folder, { recursive: true, force: true })
})

it('the image archive of a release has the same bytes twice, its name and its health check', async () => {
  const buildArgs = ['BUILD_IMAGE=localhost/keys-build', 'BASE_IMAGE=localhost/keys-base']
  const storage = ['--root', join(store, 'storage'), '--runroot', join(store, 'run')]
  const sums = []
  for (const name of ['first', 'second']) {
    const into = join(folder, `${name}.tar.gz`)
    await saveImage({ root, version: VERSION, epoch: EPOCH, buildArgs, into, storage })
    sums.push(
      createHash('sha256')
        .update(await readFile(into))
        .digest('hex'),
    )
  }
  const read = async (name: string) =>
    JSON.parse((await run('tar', ['-xzOf', join(folder, 'first.tar.gz'), name])).stdout)
  const [{ Config, RepoTags }] = await read('manifest.json')
  expect(RepoTags).toEqual([`docker.io/library/pictify-keys:${VERSION}`])
  const { config, created } = await read(Config)
  expect(created).toBe('2026-11-27T12:00:00Z')
  expect(config.Healthcheck.Test).toEqual(['CMD', 'node', '/app/deploy/image/healthcheck.ts'])
  expect(sums[1]).toBe(sums[0])
}, 1_800_000)
