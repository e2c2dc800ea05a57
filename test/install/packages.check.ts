import { execFile } from 'node:child_process'
import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { packAll } from '../../packages/pack/packAll.ts'
import { root } from '../../src/dev/dataDir.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { blocksOf } from '../readme/readme.ts'
import { eventually } from '../support/eventually.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'
import { type Container, type Image, openImages, startContainer } from './containers.ts'

const INSTALL_MS = 240_000

const store = process.env.INSTALL_STORE ?? join(tmpdir(), 'pictify-keys-install')
const images = openImages(store)
let service: SharedService
/** A Debian with Node and npm, and nothing of ours. */
let machine: Image
let tarball: string
let running: Container | undefined

beforeAll(async () => {
  service = await sharedService()
  await promisify(execFile)(join(root, 'test/install/build-images.sh'), [store, 'bare'], { maxBuffer: 256e6 })
  const { config, ...image } = await images.open('localhost/keys-build')
  const Env = [...config.Env, 'HOME=/tmp', 'npm_config_update_notifier=false']
  machine = { ...image, config: { ...config, User: '10001:10001', WorkingDir: '/tmp', Env } }
  // As every engine does.
  for (const file of ['/etc/resolv.conf', '/etc/hosts']) await copyFile(file, join(machine.files, file))
  const tarballs = await packAll(join(machine.files, 'given'))
  tarball = basename(tarballs.find((path) => path.includes('verifier')) ?? '')
}, 1_800_000)
afterEach(() => running?.stop())
afterAll(() => images.close())

/** Puts files beside the tarball of the verifier, then installs it on the machine and starts `main` there. */
async function start(main: string, write: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(machine.files, 'given/server')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  await write(folder)
  const port = await freePort()
  const { status } = await answerOf(port)
  expect(status).toBe(0)
  const script = `cp -r /given /tmp/given
cd /tmp/given/server
npm install --omit=dev --no-audit --no-fund ../${tarball}
exec node ${main}`
  running = await startContainer(machine, {
    entrypoint: ['sh', '-euc', script],
    command: [],
    env: {
      ...{ PORT: String(port), HOST: '127.0.0.1' },
      ...{ REDIS_URL: service.redis.url, SERVICE_TOKEN: service.serviceToken },
    },
  })
  const { output } = running
  await eventually(
    () => answerOf(port),
    ({ status }) => status > 0,
    INSTALL_MS,
  ).catch((error) => {
    throw new Error(`${error}\n${output()}`)
  })
  return `http://127.0.0.1:${port}`
}

const answerOf = (port: number) => fetch(`http://127.0.0.1:${port}`).catch(() => ({ status: 0 }))

it(
  'the tarball of the verifier and the lines of its README verify a request on a machine with nothing of ours',
  async () => {
    const page = await readFile(join(root, 'packages/verifier/README.md'), 'utf8')
    const [block] = blocksOf(page).filter(({ language }) => language === 'js')
    expect(block?.text.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(12)
    const url = await start('server.js', async (folder) => {
      await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
      await writeFile(join(folder, 'server.js'), block?.text ?? '')
    })
    const { key } = await (await service.account('pro')).createKey({ name: 'World' })
    const admitted = await fetch(url, { headers: { Authorization: `Bearer ${key}` } })
    expect([admitted.status, await admitted.text()]).toEqual([200, 'Hello, World!\n'])
    expect((await fetch(url)).status).toBe(401)
  },
  INSTALL_MS,
)

it(
  'the example, copied from here and installed with that tarball, renders there',
  async () => {
    const example = join(root, 'examples/render-api')
    const url = await start('main.ts', async (folder) => {
      for (const name of await readdir(example))
        if (name !== 'node_modules') await cp(join(example, name), join(folder, name), { recursive: true })
      const manifest = JSON.parse(await readFile(join(example, 'package.json'), 'utf8'))
      manifest.dependencies['@pictify/keys-verifier'] = `file:../${tarball}`
      await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
    })
    const { key } = await (await service.account('pro')).createKey({ name: 'Painter', type: 'test' })
    const picture = await fetch(`${url}/image`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ html: '<h1>Hello</h1>' }),
    })
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(
      Buffer.from(await picture.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
  },
  INSTALL_MS,
)
