import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { EnvSchema, readEnv } from '../../src/platform/env.ts'
import { type ComposeFile, interpolate, parseEnvFile, readComposeFile } from './composeFile.ts'

/** The services that run our own code. */
const OURS = ['migrate', 'api', 'worker', 'keys', 'render']

let compose: ComposeFile
let text: string
let folder: string
beforeAll(async () => {
  compose = await readComposeFile()
  text = await readFile(join(root, 'compose.yaml'), 'utf8')
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-compose-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const createEnv = async (name: string) => {
  const project = join(folder, name)
  await mkdir(join(project, 'deploy'), { recursive: true })
  await cp(join(root, 'deploy/compose'), join(project, 'deploy/compose'), { recursive: true })
  const run = () => promisify(execFile)(join(project, 'deploy/compose/create-env.sh'))
  await run()
  return { path: join(project, '.env'), again: run }
}

it('compose.yaml is valid by the schema of the Compose specification', async () => {
  const folderOfSchema = dirname(createRequire(import.meta.url).resolve('dclint/package.json'))
  const schema = JSON.parse(await readFile(join(folderOfSchema, 'schemas/compose.schema.json'), 'utf8'))
  // It names its dialect by a URL that ajv does not know; ajv's own is the same.
  delete schema.$schema
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
  validate(compose)
  expect(validate.errors).toBeNull()
})

it('every variable that a process gets exists, and their whole is a complete configuration', async () => {
  const { path } = await createEnv('complete')
  const variables = parseEnvFile(await readFile(path, 'utf8'))
  for (const name of ['migrate', 'api', 'worker', 'keys']) {
    const environment = compose.services[name]?.environment ?? {}
    expect(Object.keys(EnvSchema.shape)).toEqual(expect.arrayContaining(Object.keys(environment)))
    const filled = Object.entries(environment).map(([key, value]) => [key, interpolate(value, variables)])
    expect(readEnv(Object.fromEntries(filled)).PUBLIC_URL).toBe('https://localhost')
  }
})

it('create-env.sh writes every required variable, for the owner alone, and never replaces a file', async () => {
  const { path, again } = await createEnv('once')
  const written = await readFile(path, 'utf8')
  const required = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name)
  expect(Object.keys(parseEnvFile(written))).toEqual(expect.arrayContaining(required))
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await expect(again()).rejects.toThrow('.env is there already')
  expect(await readFile(path, 'utf8')).toBe(written)
  expect(await readFile((await createEnv('another')).path, 'utf8')).not.toBe(written)
})

it('without .env Compose says what to run', () => {
  const { DATABASE_URL = '' } = compose.services.api?.environment ?? {}
  expect(() => interpolate(DATABASE_URL, {})).toThrow('run deploy/compose/create-env.sh first')
})

it.each(OURS)('%s can write nothing but /tmp, gain no privilege, and has time to stop', (name) => {
  const service = compose.services[name]
  expect(service).toMatchObject({
    read_only: true,
    tmpfs: ['/tmp'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  })
  const { SHUTDOWN_MS } = readEnv({
    DATABASE_URL: 'postgres://x',
    REDIS_URL: 'redis://x',
    SECRETS_KEY: Buffer.alloc(32).toString('base64'),
  })
  expect(Number.parseInt(service?.stop_grace_period ?? '', 10) * 1000).toBeGreaterThan(SHUTDOWN_MS)
})

it('api and worker start after the migration, with the health check of the image', async () => {
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8')
  const [, check = ''] = /HEALTHCHECK [^[]*CMD (\[.*\])/.exec(dockerfile) ?? []
  for (const name of ['api', 'worker']) {
    const { depends_on, healthcheck } = compose.services[name] ?? {}
    expect(depends_on?.migrate?.condition).toBe('service_completed_successfully')
    expect(healthcheck?.test).toEqual(['CMD', ...JSON.parse(check)])
  }
})

it('Postgres and Valkey are as docs/operating.md requires', async () => {
  const page = await readFile(join(root, 'docs/operating.md'), 'utf8')
  const [, tested] = /every test runs on (\d+)/.exec(page) ?? []
  expect(compose.services.postgres?.image).toBe(`docker.io/library/postgres:${tested}`)
  const command = compose.services.valkey?.command?.join(' ')
  for (const [setting, value] of [
    ['appendonly', 'yes'],
    ['appendfsync', 'always'],
    ['maxmemory-policy', 'noeviction'],
  ]) {
    expect(page).toContain(`\`${setting} ${value}\``)
    expect(command).toContain(`--${setting} ${value}`)
  }
})
