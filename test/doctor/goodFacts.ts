import { randomBytes } from 'node:crypto'
import type { Facts, PostgresFacts, PublicUrlAnswer, QueueFacts, RedisFacts } from '../../src/doctor/Facts.ts'
import { readSettings } from '../../src/doctor/probes/settings.ts'
import type { SchemaState } from '../../src/platform/schemaState.ts'

/** A database with the schema of the release. */
export const fits: SchemaState = {
  version: '0.1.0',
  schema: 2,
  databaseSchema: 2,
  runsFrom: 1,
  pending: [],
  unknown: [],
}

const clock = { aheadMs: 3, uncertainMs: 2 }
const NOW = Date.UTC(2026, 10, 27)
const DAY = 86_400_000

export const goodEnvironment = (): Record<string, string> => ({
  DATABASE_URL: 'postgres://keys@db.internal/keys',
  REDIS_URL: 'rediss://redis.internal',
  SECRETS_KEY: randomBytes(32).toString('base64'),
  PUBLIC_URL: 'https://keys.example.com',
  TRUSTED_PROXIES: '10.0.0.0/8',
  SMTP_URL: 'smtp://keys@mail.example.com:587',
  MAIL_FROM: 'Keys <keys@example.com>',
  OPERATOR_PASSWORD: randomBytes(16).toString('base64url'),
})

export const goodPostgres = (): PostgresFacts => ({
  clock,
  wire: { encrypted: true, private: true },
  version: 180_001,
  isStandby: false,
  settings: {
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    synchronous_standby_names: '',
    server_encoding: 'UTF8',
    server_version_num: '180001',
    statement_timeout: '0',
    lock_timeout: '0',
    idle_in_transaction_session_timeout: '0',
    transaction_timeout: '0',
    idle_session_timeout: '0',
    default_transaction_isolation: 'read committed',
    default_transaction_read_only: 'off',
    max_connections: '100',
    superuser_reserved_connections: '3',
    reserved_connections: '0',
  },
  poolsTimeout: { asked: 54_321, got: 54_321 },
  roleConnections: -1,
  databaseConnections: -1,
  otherConnections: 10,
  mayCreate: true,
  foreignTables: [],
  invalidIndexes: [],
  schema: fits,
  stored: { regions: [], emailChannels: 1, sealed: { looked: 3, opened: 3 } },
})

const queue = (name: string): QueueFacts => ({
  name,
  hasWorker: true,
  isPaused: false,
  waiting: 0,
  failed: 0,
})

export const goodRedis = (): RedisFacts => ({
  clock,
  wire: { encrypted: true, private: true },
  version: '7.2.4',
  mode: 'standalone',
  namedMode: 'standalone',
  isReplica: false,
  isLoading: false,
  runId: 'a1',
  maxmemoryPolicy: 'noeviction',
  maxmemory: 1024 ** 3,
  usedMemory: 1024 ** 2,
  systemMemory: 4 * 1024 ** 3,
  isAppendOnly: true,
  appendfsync: 'everysec',
  appendFailed: false,
  snapshotFailed: false,
  stopsOnSnapshotFailure: true,
  queues: [queue('commands'), queue('metering')],
  leaseMs: 50_000,
  ended: null,
})

export const goodAnswer = (): PublicUrlAnswer => ({
  status: 200,
  isDirect: false,
  introduction: {
    address: '203.0.113.9',
    peer: { address: '10.0.0.1', port: 4711 },
    forwardedFor: '203.0.113.9',
    believes: true,
    publicUrl: 'https://keys.example.com/',
  },
  certificate: { validFrom: NOW - 10 * DAY, validTo: NOW + 80 * DAY },
})

/** A set-up in which nothing is wrong, with everything that can be asked. */
export const goodFacts = (): Facts => ({
  now: NOW,
  nodeVersion: '24.21.0',
  ...readSettings(goodEnvironment()),
  processes: { apis: 2, workers: 1 },
  postgres: { ok: true, value: goodPostgres() },
  redis: [{ region: 'primary', probed: { ok: true, value: goodRedis() } }],
  lacking: [],
  publicUrl: { ok: true, value: goodAnswer() },
  smtp: { ok: true, value: true },
  disks: [{ what: 'DATA_DIR', path: '/data', freeBytes: 50 * 1024 ** 3, totalBytes: 100 * 1024 ** 3 }],
})
