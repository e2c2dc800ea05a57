import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, expect, inject, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'
import type { Finding } from '../../src/doctor/Check.ts'
import { diagnose } from '../../src/doctor/diagnose.ts'
import { gatherFacts } from '../../src/doctor/gatherFacts.ts'
import { freshRedis } from '../setup/services.ts'
import { eventually } from '../support/eventually.ts'
import { startCommandLine } from '../support/startCommandLine.ts'
import { createStops, type Environment } from './goodSetUp.ts'
import { clockAhead, mountDisk, startOtherRedis, startPgBouncer, startSentinel } from './realServers.ts'

const { keep, stop } = createStops()
afterAll(stop)

const SECRETS = {
  SECRETS_KEY: randomBytes(32).toString('base64'),
  OPERATOR_PASSWORD: randomBytes(16).toString('base64url'),
}

/** What is found, but for what follows from a service that is not there. */
async function findings(change: Environment): Promise<Finding[]> {
  const { findings } = diagnose(await gatherFacts({ source: { ...SECRETS, ...change } }))
  return findings.filter(
    ({ id }) => !['setting-invalid', 'public-url-missing', 'worker-missing'].includes(id),
  )
}

/** Of Redis, Machine or Postgres alone. */
const inArea = (found: Finding[], area: Finding['area']) => found.filter((one) => one.area === area)

it.each([
  [[], 'error', 'unsupported startup parameter: '],
  [
    ['ignore_startup_parameters = statement_timeout,lock_timeout,idle_in_transaction_session_timeout'],
    'warning',
    'statement_timeout is 0 where 54321 ms were asked for',
  ],
] as const)('PgBouncer with %j is found', async (lines, severity, found) => {
  const pooler = await keep(startPgBouncer(inject('postgresUrl'), [...lines]))
  const ofPooler = (await findings({ DATABASE_URL: pooler.url })).filter(({ id }) => id === 'postgres-pooler')
  expect(ofPooler).toEqual([expect.objectContaining({ severity, found: expect.stringContaining(found) })])
})

it('a node of a Redis Cluster is found, and nothing that follows from it', async () => {
  // By default its nodes talk on a port that the system also gives to outgoing connections.
  const bus = String(await freePort())
  const cluster = await keep(startOtherRedis(['--cluster-enabled', 'yes', '--cluster-port', bus]))
  const found = inArea(await findings({ REDIS_URL: cluster.url }), 'Redis')
  expect(found).toEqual([expect.objectContaining({ id: 'redis-mode', found: 'mode cluster' })])
})

it('a Sentinel is found, and nothing that follows from it', async () => {
  const watched = await keep(freshRedis())
  const sentinel = await keep(startSentinel(watched.port))
  const found = inArea(await findings({ REDIS_URL: sentinel.url }), 'Redis')
  expect(found).toEqual([expect.objectContaining({ id: 'redis-mode', found: 'mode sentinel' })])
})

it.each([
  [10, 'warning', 'this machine', '(Postgres|the Redis of primary)'],
  [-600, 'error', '(Postgres|the Redis of primary)', 'this machine'],
] as const)('a machine whose clock is %i s ahead is found', async (seconds, severity, fast, slow) => {
  const redis = await keep(freshRedis())
  const env = { ...SECRETS, DATABASE_URL: inject('postgresUrl'), REDIS_URL: redis.url }
  const clock = await clockAhead(seconds)
  const { stdout } = await startCommandLine({ PATH: process.env.PATH ?? '', ...env, ...clock }, [
    'doctor',
    '--json',
  ]).end
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  expect(inArea(findings, 'Machine')).toEqual([
    expect.objectContaining({
      id: 'clock-skew',
      severity,
      found: expect.stringMatching(
        new RegExp(`^The clock of ${fast} is [\\d.]+ s ahead of that of ${slow}$`),
      ),
    }),
  ])
})

it('a Redis whose disk is full is found, and so is the disk', async ({ skip }) => {
  const disk = await mountDisk(24)
  if (!disk) return skip('This user may not mount a disk.')
  await keep(Promise.resolve(disk))
  const { folder } = disk
  const server = await keep(startOtherRedis(['--appendfsync', 'everysec'], folder))
  await writeFile(join(folder, 'other'), Buffer.alloc(32 * 2 ** 20)).catch(() => {})
  const redis = new Redis(server.url)
  const append = async () => {
    await redis.set('filler', randomBytes(2 ** 16).toString('hex')).catch(() => {})
    return redis.info('persistence')
  }
  await eventually(append, (info) => info.includes('aof_last_write_status:err'))
  redis.disconnect()
  const found = await findings({ REDIS_URL: server.url })
  expect(inArea(found, 'Redis').map(({ id }) => id)).toEqual(['redis-append-failed'])
  const disks = found.filter(({ id }) => id === 'disk-low')
  expect(disks).toEqual([
    expect.objectContaining({
      severity: 'error',
      subject: 'the Redis of primary',
      found: expect.stringContaining('0.0 of 0.0 GiB are free'),
    }),
  ])
})
