import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'
import { diagnose } from '../../src/doctor/diagnose.ts'
import { gatherFacts } from '../../src/doctor/gatherFacts.ts'
import { cloneTemplate } from '../setup/cloneTemplate.ts'
import { askOperator } from '../setup/operator.ts'
import { runSql } from '../setup/runSql.ts'
import { freshRedis } from '../setup/services.ts'
import { eventually } from '../support/eventually.ts'
import { startReceiver } from '../support/receivers.ts'
import { startCommandLine } from '../support/startCommandLine.ts'
import { startGoodSetUp } from './goodSetUp.ts'

let setUp: Awaited<ReturnType<typeof startGoodSetUp>>
/** Another Redis, which nothing uses. */
let otherRedis: Awaited<ReturnType<typeof freshRedis>>
let other: Redis

beforeAll(async () => {
  setUp = await startGoodSetUp()
  otherRedis = await freshRedis()
  other = new Redis(otherRedis.url)
})
afterAll(async () => {
  other?.disconnect()
  await otherRedis?.stop()
  await setUp?.stop()
})

const asUser = (username: string) =>
  Object.assign(new URL(setUp.env.DATABASE_URL), { username, password: 'p' }).href

describe('a good set-up', () => {
  it('has no findings', async () => {
    const { findings, missing } = diagnose(await gatherFacts({ source: setUp.env }))
    expect(findings).toEqual([])
    expect(Object.values(missing).flat()).toEqual([])
  })

  it('is ready, by the command line, which ends with 0', async () => {
    const { code, stdout, stderr } = await startCommandLine(setUp.env, ['doctor']).end
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^✓ Machine: \d+ checks\n/)
    expect(stdout).toMatch(/\nReady\n$/)
  })

  it('logs nothing about it when api and worker start, and counts nothing', async () => {
    const headers = { Authorization: `Basic ${btoa('operator:operator-password')}` }
    const metrics = (url: string) => fetch(`${url}/metrics`, { headers }).then((answer) => answer.text())
    for (const url of [setUp.service.url, setUp.workerUrl]) {
      const text = await eventually(
        () => metrics(url),
        (seen) => seen.includes('keys_doctor_findings{severity="error"}'),
      )
      expect(text).toContain('keys_doctor_findings{severity="error"} 0')
      expect(text).toContain('keys_doctor_findings{severity="warning"} 0')
    }
    expect(setUp.service.output.join('')).not.toContain('"event":"doctor"')
  })
})

describe('when a process starts', () => {
  it('it logs what is wrong, once, and does its work', async () => {
    const port = await freePort()
    const worker = setUp.service.startWorker({ WEBHOK_ALLOW_PRIVATE: 'true', WORKER_PORT: String(port) })
    const lines = () =>
      setUp.service.output
        .join('')
        .split('\n')
        .filter((line) => line.includes('"event":"doctor"'))
    const metrics = () =>
      fetch(`http://127.0.0.1:${port}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      )
    await eventually(metrics, (seen) => seen.includes('keys_doctor_findings{severity="warning"} 1'))
    expect(lines().map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'warn',
        check: 'setting-misspelled',
        subject: 'WEBHOK_ALLOW_PRIVATE',
        docs: 'docs/doctor.md#setting-misspelled',
      }),
    ])
    await worker.end()
  })
})

describe('Postgres', () => {
  const broken = 'broken'
  let brokenUrl: string
  beforeAll(async () => {
    await runSql(setUp.env.DATABASE_URL, `create role ${broken} login superuser password 'p'`)
    brokenUrl = asUser(broken)
  })

  it.each([
    ['synchronous_commit = off', 'postgres-synchronous-commit'],
    ['default_transaction_isolation = serializable', 'postgres-isolation'],
    ['default_transaction_read_only = on', 'postgres-standby'],
    ["statement_timeout = '10s'", 'postgres-statement-timeout statement_timeout'],
    ["lock_timeout = '100ms'", 'postgres-lock-timeout lock_timeout'],
    [
      "idle_in_transaction_session_timeout = '30s'",
      'postgres-transaction-timeout idle_in_transaction_session_timeout',
    ],
    ["transaction_timeout = '30s'", 'postgres-transaction-timeout transaction_timeout'],
    ["idle_session_timeout = '10s'", 'postgres-idle-timeout idle_session_timeout'],
  ])('a role with %s is found', async (setting, finding) => {
    await runSql(setUp.env.DATABASE_URL, `alter role ${broken} set ${setting}`)
    expect(await setUp.findings({ DATABASE_URL: brokenUrl })).toEqual([finding])
    await runSql(setUp.env.DATABASE_URL, `alter role ${broken} reset all`)
  })

  it('too few connections for the processes are found: of the server, and of the role', async () => {
    await runSql(setUp.env.DATABASE_URL, `alter role ${broken} connection limit 41`)
    const change = { DATABASE_URL: brokenUrl }
    expect(await setUp.findings(change)).toEqual(['postgres-connections the limit of the role'])
    await runSql(setUp.env.DATABASE_URL, `alter role ${broken} connection limit -1`)
    expect(await setUp.findings(change, { apis: 20, workers: 20 })).toEqual([
      'postgres-connections max_connections',
    ])
    expect(await setUp.findings(change)).toEqual([])
  })

  it('a role that may not migrate is found', async () => {
    await runSql(setUp.env.DATABASE_URL, "create role reader login password 'p'")
    expect(await setUp.findings({ DATABASE_URL: asUser('reader') })).toEqual([
      'postgres-privileges',
      'postgres-privileges',
    ])
  })

  it('an empty database in another encoding, and one that is not there', async () => {
    await runSql(
      setUp.env.DATABASE_URL,
      "create database latin encoding 'SQL_ASCII' locale_provider 'libc' locale 'C' template template0",
    )
    const at = (name: string) => ({
      DATABASE_URL: Object.assign(new URL(setUp.env.DATABASE_URL), { pathname: `/${name}` }).href,
    })
    expect(await setUp.findings(at('latin'))).toEqual(['migrations-pending', 'postgres-encoding'])
    expect(await setUp.findings(at('nowhere'))).toEqual(['postgres-login'])
  })

  it('a server that does not flush, and a schema of another release', async () => {
    const clone = await cloneTemplate(inject('postgresUrl'))
    const change = { DATABASE_URL: clone.databaseUrl }
    const fast = ['postgres-fsync', 'postgres-full-page-writes', 'postgres-synchronous-commit']
    expect(await setUp.findings(change)).toEqual(fast)
    await runSql(
      clone.databaseUrl,
      "insert into mikro_orm_migrations (name) values ('Migration99990101000000_next')",
    )
    expect(await setUp.findings(change)).toEqual([...fast, 'schema-newer'])
    await runSql(
      clone.databaseUrl,
      'delete from mikro_orm_migrations where name > (select min(name) from mikro_orm_migrations)',
    )
    expect(await setUp.findings(change)).toEqual(['migrations-pending', ...fast])
    await clone.drop()
  })
})

describe('Redis', () => {
  it.each([
    [{ 'maxmemory-policy': 'allkeys-lru' }, 'redis-evicts primary'],
    [{ 'maxmemory-policy': 'volatile-ttl', maxmemory: '1gb' }, 'redis-evicts primary'],
    [{ appendfsync: 'no' }, 'redis-appendfsync primary'],
    [{ appendonly: 'no' }, 'redis-append-only primary'],
  ])('%j is found', async (settings, finding) => {
    const before = new Map<string, string>()
    for (const [name, value] of Object.entries(settings)) {
      const answer = (await setUp.redis.config('GET', name)) as unknown
      before.set(name, String(Array.isArray(answer) ? answer[1] : Object.values(answer as object)[0]))
      await setUp.redis.config('SET', name, value)
    }
    expect(await setUp.findings()).toEqual([finding])
    for (const [name, value] of before) await setUp.redis.config('SET', name, value)
  })

  it('a replica, an ACL that refuses commands, and a Redis that no worker uses', async () => {
    const change = { REDIS_URL: otherRedis.url }
    expect(await setUp.findings(change)).toEqual(['worker-missing'])
    await other.lpush('bull:commands:wait', '1')
    expect(await setUp.findings(change)).toEqual(['worker-missing'])
    await other.call('REPLICAOF', '127.0.0.1', 1)
    expect(await setUp.findings(change)).toEqual(['redis-replica primary', 'worker-missing'])
    await other.call('REPLICAOF', 'NO', 'ONE')
    await other.call('ACL', 'SETUSER', 'narrow', 'on', '>p', '~*', '+get')
    const narrow = Object.assign(new URL(otherRedis.url), { username: 'narrow', password: 'p' }).href
    expect(await setUp.findings({ REDIS_URL: narrow })).toEqual(['redis-refuses primary'])
  })
})

describe('regions and queues', () => {
  it('one Redis for two regions, whose queues no worker reads, is found', async () => {
    const found = await setUp.findings({ REGIONS: `us=${setUp.env.REDIS_URL}` })
    expect(found).toEqual([
      'queue-unattended asks-us',
      'queue-unattended fan-out-us',
      'queue-unattended metering-us',
      'queue-unattended slots-us',
      'regions-share us',
    ])
  })

  it('a region that is listed and not configured, and one without a lease, are found', async () => {
    await runSql(setUp.env.DATABASE_URL, "insert into region (name) values ('eu')")
    expect(await setUp.findings()).toEqual(['region-forgotten eu'])
    await runSql(setUp.env.DATABASE_URL, "delete from region where name = 'eu'")
    const found = await setUp.findings({ REGIONS: `us=${otherRedis.url}` })
    expect(found).toContain('region-lease us')
  })

  it('a paused queue and failed jobs are found', async () => {
    const queue = new Queue('imports', { connection: setUp.redis })
    await queue.pause()
    await setUp.redis.zadd('bull:imports:failed', 1, 'job')
    expect(await setUp.findings()).toEqual(['jobs-failed imports', 'queue-paused imports'])
    await setUp.redis.zrem('bull:imports:failed', 'job')
    await queue.resume()
    await queue.close()
    expect(await setUp.findings()).toEqual([])
  })
})

describe('the public URL', () => {
  it.each([
    [{ from: '127.0.0.2' }, ['trusted-proxies']],
    [{ from: '127.0.0.2', forwarding: 'append' }, ['trusted-proxies']],
    [{ forwarding: 'append' }, []],
    [{ forwarding: 'drop' }, ['forwarded-for-missing']],
    [{ from: '127.0.0.2', forwarding: 'pass' }, ['forwarded-for-missing']],
    [{ forwarding: 'pass' }, ['forwarded-for-forged']],
    [{ status: 301 }, ['public-url-redirects']],
    [{ status: 502 }, ['public-url-unreachable']],
    [{ status: 404 }, ['public-url-other']],
  ] as const)('behind a proxy with %j: %j', async (change, found) => {
    setUp.forwarder.set(change)
    expect(await setUp.findings()).toEqual(found)
    setUp.forwarder.set({})
  })

  it('an api without a proxy says nothing about addresses, and has another PUBLIC_URL', async () => {
    expect(await setUp.findings({ PUBLIC_URL: setUp.service.url })).toEqual(['public-url-differs'])
  })

  it('another site that answers 200 is found', async () => {
    const receiver = await startReceiver()
    expect(await setUp.findings({ PUBLIC_URL: receiver.url })).toEqual(['public-url-other'])
    await receiver.stop()
  })

  it('strangers get nothing but the status from /livez', async () => {
    for (const challenge of ['', 'x', `${Date.now()}.nonce.mac`]) {
      const answer = await fetch(`${setUp.service.url}/livez`, {
        headers: { 'X-Doctor-Challenge': challenge },
      })
      expect(await answer.json()).toEqual({ status: 'ok' })
    }
  })
})

describe('secrets and email', () => {
  it('another SECRETS_KEY, and email channels without an SMTP server, are found', async () => {
    const account = await setUp.service.account()
    await account.post('/channels', { type: 'email', name: 'Mail', to: 'ada@example.com' })
    expect(await setUp.findings()).toEqual([])
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
    expect(await setUp.findings({ SECRETS_KEY: key })).toEqual(['public-url-other', 'secrets-key-other'])
    expect(await setUp.findings({ SMTP_URL: undefined })).toEqual(['smtp-missing'])
  })
})

describe('the command line', () => {
  it('skips checks, refuses ones that there are not, and takes no more than it needs', async () => {
    const env = { ...setUp.env, OPERATOR_PASSWORD: 'a'.repeat(20), PUBLIC_URL: '' }
    const run = async (...args: string[]) => {
      const asked = { env, task: 'cli', value: JSON.stringify(['doctor', ...args]) } as const
      return askOperator(inject('operatorPort'), asked)
    }
    const { stdout = '' } = await run('--skip', 'operator-password-weak', '--skip', 'public-url-missing')
    expect(JSON.parse(stdout)).toMatchObject({ ready: true, errors: 0, warnings: 0, findings: [] })
    expect((await run('--skip', 'nothing')).failure?.message).toContain('docs/doctor.md lists the checks')
    expect((await run('--apis', 'two')).failure?.message).toContain('a number from 0 to 9999')
  })

  it('without a worker it says so', async () => {
    await setUp.service.workers[0]?.end('SIGKILL')
    const found = await eventually(
      () => setUp.findings(),
      (seen) => seen.includes('worker-missing'),
    )
    expect(found).toEqual(['worker-missing'])
  })
})
