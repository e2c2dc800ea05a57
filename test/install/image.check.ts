import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createSbom } from '../../packages/release/createSbom.ts'
import { root } from '../../src/dev/dataDir.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { type Server, startServer } from '../../src/dev/startServer.ts'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { findProgram } from '../support/startProxy.ts'
import { statusOf, tlsUrlOf } from '../support/startTlsProxy.ts'
import { type ComposeFile, interpolate, parseEnvFile, readComposeFile } from './composeFile.ts'
import {
  type Container,
  containerWords,
  type Image,
  openImages,
  startContainer,
  usageOf,
} from './containers.ts'
import { expectFirstRender } from './firstKey.ts'

const MAX_ADDED = 250_000_000
const MAX_START_CPU_MS = 1_000

const store = process.env.INSTALL_STORE ?? join(tmpdir(), 'pictify-keys-install')
const images = openImages(store)
const running: Container[] = []
const servers: Server[] = []

let compose: ComposeFile
let folder: string
let variables: Record<string, string>
let ports: Record<'valkey' | 'api' | 'worker' | 'render' | 'tls', number>
let keys: Image
let render: Image

beforeAll(async () => {
  await promisify(execFile)(join(root, 'test/install/build-images.sh'), [store], { maxBuffer: 256e6 })
  keys = await images.open('localhost/pictify-keys')
  render = await images.open('localhost/pictify-keys-render-example')
  compose = await readComposeFile()
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-image-'))
  await mkdir(join(folder, 'deploy/compose'), { recursive: true })
  await copyFile(join(root, 'deploy/compose/create-env.sh'), join(folder, 'deploy/compose/create-env.sh'))
  await promisify(execFile)(join(folder, 'deploy/compose/create-env.sh'))
  variables = parseEnvFile(await readFile(join(folder, '.env'), 'utf8'))
  const [valkey = 0, api = 0, worker = 0, renderPort = 0, tls = 0] = await Promise.all(
    Array.from({ length: 5 }, () => freePort()),
  )
  ports = { valkey, api, worker, render: renderPort, tls }
  variables.KEYS_SITE = tlsUrlOf(tls).replace('https://', '')
  await runSql(
    inject('postgresUrl'),
    `CREATE ROLE keys LOGIN PASSWORD '${variables.POSTGRES_PASSWORD}'`,
    'CREATE DATABASE keys OWNER keys',
  )
  await startValkey()
}, 3_600_000)

afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()))
  await Promise.all(servers.map((one) => one.stop()))
  await runSql(inject('postgresUrl'), 'DROP DATABASE IF EXISTS keys WITH (FORCE)', 'DROP ROLE IF EXISTS keys')
  await images.close()
  await rm(folder, { recursive: true, force: true })
})

/** What compose.yaml gives to a service, with the names of its network replaced by addresses on this machine. */
function environmentOf(name: string, more: Record<string, string> = {}): Record<string, string> {
  const { host } = new URL(inject('postgresUrl'))
  const entries = Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => {
    const here = interpolate(value, variables)
      .replace('@postgres:5432', `@${host}`)
      .replace('//valkey:6379', `//127.0.0.1:${ports.valkey}`)
      .replace('172.31.250.2/32', '127.0.0.1/32')
    return [key, here]
  })
  return { ...Object.fromEntries(entries), ...more }
}

async function startValkey(): Promise<void> {
  const [, ...args] = compose.services.valkey?.command ?? []
  const program = await findProgram('valkey-server').catch(() => findProgram('redis-server'))
  const where = ['--port', String(ports.valkey), '--bind', '127.0.0.1', '--dir', folder]
  servers.push(
    await startServer({
      command: program,
      args: [...args, ...where],
      ready: /Ready to accept/,
      stopSignal: 'SIGTERM',
    }),
  )
}

/** The Caddyfile of compose.yaml, on loopback and without a trace on this machine. */
async function startCaddy(): Promise<void> {
  await copyFile(join(root, 'deploy/compose/Caddyfile'), join(folder, 'Caddyfile'))
  await copyFile(join(root, 'examples/proxies/dashboard.Caddyfile'), join(folder, 'dashboard.Caddyfile'))
  const main = `{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n}\nimport ${folder}/Caddyfile\n`
  await writeFile(join(folder, 'main.Caddyfile'), main)
  servers.push(
    await startServer({
      command: await findProgram('caddy'),
      args: ['run', '--config', join(folder, 'main.Caddyfile'), '--adapter', 'caddyfile'],
      env: {
        PATH: process.env.PATH,
        ...{ HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
        ...{ KEYS_SITE: tlsUrlOf(ports.tls), KEYS_URL: `127.0.0.1:${ports.api}` },
        ...{ RENDER_SITE: `https://render.localhost:${ports.tls}`, RENDER_URL: `127.0.0.1:${ports.render}` },
      },
      ready: /serving initial configuration/,
      stopSignal: 'SIGTERM',
    }),
  )
  await eventually(
    () => statusOf(ports.tls, '/livez'),
    (status) => status === 200,
  )
}

async function start(name: string, more: Record<string, string>, image = keys): Promise<Container> {
  const { command } = compose.services[name] ?? {}
  const container = await startContainer(image, { command, env: environmentOf(name, more) })
  running.push(container)
  return container
}

const livezOf = (port: number) =>
  fetch(`http://127.0.0.1:${port}/livez`).then(
    ({ status }) => status,
    () => 0,
  )

it('the image adds less than 250 MB to its base', async () => {
  const base = await images.open('localhost/keys-base')
  const added = keys.size - base.size
  console.log(`image: ${Math.round(added / 1e6)} MB above the base`)
  expect(added).toBeLessThan(MAX_ADDED)
})

it('every package in the image is in the bill of materials', async () => {
  const bill = JSON.parse(await createSbom(root, 0))
  const known = new Set(bill.components.map(({ purl }: { purl?: string }) => purl))
  const names = await readdir(join(keys.files, 'app/node_modules'), { recursive: true })
  const manifests = names.filter((name) =>
    /(^|node_modules\/)(@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(name),
  )
  expect(manifests.length).toBeGreaterThan(100)
  for (const path of manifests) {
    const { name, version } = JSON.parse(await readFile(join(keys.files, 'app/node_modules', path), 'utf8'))
    expect(known, path).toContain(`pkg:npm/${name.replace('@', '%40')}@${version}`)
  }
})

it('the target `backups` is the image with pg_dump and pg_restore, which run as its user', async () => {
  const backups = await images.open('localhost/pictify-keys-backups')
  expect(backups.config).toMatchObject({ User: keys.config.User, Entrypoint: keys.config.Entrypoint })
  for (const name of ['pg_dump', 'pg_restore']) {
    const script = `exec "$BACKUP_PG_BIN/${name}" --version`
    const [program = '', ...args] = containerWords(backups, { entrypoint: ['sh', '-c', script], command: [] })
    expect((await promisify(execFile)(program, args)).stdout).toMatch(
      new RegExp(`^${name} \\(PostgreSQL\\) \\d+`),
    )
  }
})

it('migrate brings an empty database up to date, as its owner', async () => {
  const env = environmentOf('migrate')
  const [program = '', ...args] = containerWords(keys, {
    command: [...(compose.services.migrate?.command ?? []), '--json'],
    env,
  })
  const { stdout } = await promisify(execFile)(program, args)
  expect(JSON.parse(stdout).applied.length).toBeGreaterThan(10)
})

/** Starts an api and waits for its /livez. What else the machine does adds to both figures. */
async function startApi(): Promise<{ api: Container; tookMs: number; cpuMs: number }> {
  const began = performance.now()
  const api = await start('api', { PORT: String(ports.api) })
  let cpuMs = 0
  await eventually(
    async () => {
      ;({ cpuMs } = await usageOf(api.pid))
      return livezOf(ports.api)
    },
    (status) => status === 200,
  ).catch((error) => {
    throw new Error(`${error}\n${api.output()}`)
  })
  return { api, tookMs: performance.now() - began, cpuMs }
}

it('an api starts within a second of processor time, the best of three times, and a worker starts', async () => {
  const starts = []
  for (const last of [false, false, true]) {
    const one = await startApi()
    starts.push(one)
    if (!last) await running.pop()?.stop()
  }
  for (const { tookMs, cpuMs } of starts)
    console.log(`api: /livez after ${Math.round(tookMs)} ms, ${cpuMs} ms of processor time`)
  const worker = await start('worker', { WORKER_PORT: String(ports.worker) })
  await eventually(
    () => livezOf(ports.worker),
    (status) => status === 200,
  )
  for (const [name, pid] of Object.entries({ api: starts.at(-1)?.api.pid ?? 0, worker: worker.pid }))
    console.log(`${name}: ${Math.round((await usageOf(pid)).memory / 1e6)} MB`)
  expect(Math.min(...starts.map(({ cpuMs }) => cpuMs))).toBeLessThan(MAX_START_CPU_MS)
})

it('a process has no privilege, and can write nothing but /tmp', async () => {
  for (const { pid, exec } of running) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    expect(status).toMatch(/^Uid:\t10001\t10001\t10001\t10001$/m)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    expect(status.match(/^Cap(Prm|Eff|Bnd|Amb):\t0000000000000000$/gm)).toHaveLength(4)
    const write = (path: string) => exec('node', '--eval', `fs.writeFileSync('${path}', 'x')`)
    expect((await write('/tmp/file')).code).toBe(0)
    for (const path of ['/app/file', '/app/compiled/file', '/file', '/var/tmp/file'])
      expect((await write(path)).output).toMatch(/EROFS|EACCES/)
  }
})

it('the health check passes for api and worker, and fails for another port', async () => {
  const [, ...check] = keys.config.Healthcheck?.Test ?? []
  for (const { exec } of running) {
    expect(await exec(...check)).toEqual({ code: 0, output: '' })
    const elsewhere = `PORT=${await freePort()}`
    expect(await exec('env', elsewhere, elsewhere.replace('PORT', 'WORKER_PORT'), ...check)).toMatchObject({
      code: 1,
    })
  }
})

it('the first account, key and render work behind TLS as docs/install/first-key.md says', async () => {
  await startCaddy()
  const words = containerWords(keys, {
    entrypoint: compose.services.keys?.entrypoint,
    command: [],
    env: environmentOf('keys'),
  })
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  await writeFile(join(folder, 'keys'), `#!/bin/sh\nexec ${quoted} "$@"\n`)
  await chmod(join(folder, 'keys'), 0o755)
  await expectFirstRender({
    folder,
    env: {
      API_URL: tlsUrlOf(ports.tls),
      CURL_CA_BUNDLE: join(folder, 'caddy/pki/authorities/local/root.crt'),
    },
    startRender: async (token) => {
      variables.RENDER_SERVICE_TOKEN = token
      await start('render', { HOST: '127.0.0.1', PORT: String(ports.render) }, render)
      await eventually(
        () =>
          fetch(`http://127.0.0.1:${ports.render}`).then(
            () => true,
            () => false,
          ),
        (isUp) => isUp,
      )
      return `https://render.localhost:${ports.tls}`
    },
  })
})

it('SIGTERM ends every process with status 0', async () => {
  for (const container of running.splice(0)) expect(await container.stop(), container.output()).toBe(0)
})

it('a process without settings says which are missing', async () => {
  const [program = '', ...args] = containerWords(keys, {
    command: ['worker'],
    env: { SECRETS_KEY: randomBytes(32).toString('base64') },
  })
  const { stderr } = await promisify(execFile)(program, args).catch((error) => error)
  expect(stderr).toContain('DATABASE_URL')
  expect(stderr).not.toContain('SECRETS_KEY')
})
