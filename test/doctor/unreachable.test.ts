import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'
import { freshRedis } from '../setup/services.ts'
import { startCommandLine } from '../support/startCommandLine.ts'
import { startSelfSigned, startSilence, startSmtpServer } from './brokenServers.ts'
import { createStops, type Environment, findingsIn } from './goodSetUp.ts'

const { keep, stop } = createStops()
/** Without Postgres, Redis, public URL and email. */
const settings: Environment = {
  SECRETS_KEY: randomBytes(32).toString('base64'),
  OPERATOR_PASSWORD: randomBytes(16).toString('base64url'),
}

let smtp: Awaited<ReturnType<typeof startSmtpServer>>
let redis: Awaited<ReturnType<typeof freshRedis>>
beforeAll(async () => {
  smtp = await keep(startSmtpServer())
  redis = await keep(freshRedis())
})
afterAll(stop)

const everythingAt = (port: number): Environment => ({
  ...settings,
  DATABASE_URL: `postgres://keys:secret@127.0.0.1:${port}/keys`,
  REDIS_URL: `redis://127.0.0.1:${port}`,
  PUBLIC_URL: `http://127.0.0.1:${port}`,
  SMTP_URL: `smtp://127.0.0.1:${port}`,
})

const runDoctor = (env: Environment, ...args: string[]) =>
  startCommandLine({ PATH: process.env.PATH ?? '', ...env }, ['doctor', ...args]).end

it('nobody listens: each is found', async () => {
  const found = [
    'postgres-unreachable',
    'public-url-unreachable',
    'redis-unreachable primary',
    'smtp-unreachable',
  ]
  expect(await findingsIn(everythingAt(await freePort()))).toEqual(found)
})

it('all of them hang: each is found, none holds up another, and the command ends', async () => {
  const { port } = await keep(startSilence())
  const { code, stdout } = await runDoctor(everythingAt(port), '--json')
  const { ready, findings } = JSON.parse(stdout) as { ready: boolean; findings: { id: string }[] }
  expect([code, ready]).toEqual([1, false])
  const found = ['postgres-unreachable', 'redis-unreachable', 'public-url-unreachable', 'smtp-unreachable']
  expect(findings.map(({ id }) => id)).toEqual(found)
})

it('they speak TLS with a certificate of nobody, or none at all: each is found', async () => {
  const { port } = await keep(startSelfSigned())
  const found = await findingsIn({
    ...settings,
    DATABASE_URL: `${inject('postgresUrl')}?sslmode=verify-full`,
    REDIS_URL: `rediss://127.0.0.1:${port}`,
    REGIONS: `us=redis://127.0.0.1:${port},eu=rediss://127.0.0.1:${redis.port}`,
    PUBLIC_URL: `https://127.0.0.1:${port}`,
    SMTP_URL: `smtps://127.0.0.1:${port}`,
  })
  const ofRedis = ['redis-tls eu', 'redis-tls primary', 'redis-tls us']
  expect(found).toEqual(['postgres-tls', 'public-url-certificate', ...ofRedis, 'smtp-tls'])
})

it('an SMTP server without STARTTLS is found where it is required', async () => {
  const found = await findingsIn({ ...settings, SMTP_URL: `${smtp.urlFor('right')}?requireTLS=true` })
  expect(found).toContain('smtp-tls')
})

it('wrong passwords: each is found, and none is shown', async () => {
  const operator = new Redis(redis.url)
  await operator.config('SET', 'requirepass', 'right-one')
  const withWrong = (url: string) => Object.assign(new URL(url), { password: 'wrong-secret' }).href
  const env = {
    ...settings,
    DATABASE_URL: withWrong(inject('postgresUrl')),
    REDIS_URL: withWrong(redis.url),
    REGIONS: `us=${redis.url}`,
    SMTP_URL: smtp.urlFor('wrong-secret'),
  }
  const { code, stdout, stderr } = await runDoctor(env)
  await operator.config('SET', 'requirepass', '')
  operator.disconnect()
  expect(code).toBe(1)
  const found = [...stdout.matchAll(/✗ (.*?):/g)].map(([, name]) => name)
  expect(found).toEqual(['postgres-login', 'redis-login (primary)', 'redis-login (us)', 'smtp-login'])
  for (const secret of ['wrong-secret', 'right-one', ...Object.values(settings)])
    expect(stdout + stderr).not.toContain(secret)
})

it('a port where something else answers has no Postgres and no Redis', async () => {
  const { port } = new URL(smtp.urlFor('right'))
  const { DATABASE_URL, REDIS_URL } = everythingAt(Number(port))
  const found = await findingsIn({ ...settings, DATABASE_URL, REDIS_URL })
  expect(found).toEqual(['postgres-unreachable', 'public-url-missing', 'redis-unreachable primary'])
})

it('without any setting, the command says which are required, and connects nowhere', async () => {
  const { code, stdout } = await runDoctor({})
  expect(code).toBe(1)
  const found = [...stdout.matchAll(/✗ (.*?):/g)].map(([, name]) => name)
  const required = ['DATABASE_URL', 'REDIS_URL', 'SECRETS_KEY']
  expect(found).toEqual(required.map((name) => `setting-invalid (${name})`))
})
