import { REDIS_FORMS } from '../../platform/redisUrl.ts'
import { type Check, type Found, found } from '../Check.ts'
import type { Facts, ProbeFailure, RedisFacts } from '../Facts.ts'
import { REDIS_VERSION } from './requirements.ts'

type RedisCheck = Omit<Check, 'area' | 'severity' | 'look'> & Partial<Pick<Check, 'severity'>>

/** The one check of a Redis that its URL does not fit: its settings say nothing about one that can be used. */
const MODE = 'redis-mode'

/** A check of what each region's Redis says of itself. */
const check = (about: RedisCheck, look: (redis: RedisFacts) => Found[]): Check => ({
  severity: 'error',
  ...about,
  area: 'Redis',
  look: ({ redis }) => {
    const asked = redis.flatMap(({ region, probed }) => (probed.ok ? [{ region, facts: probed.value }] : []))
    if (asked.length === 0) return undefined
    return asked
      .filter(({ facts }) => about.id === MODE || isOfMode(facts))
      .flatMap(({ region, facts }) => look(facts).map((one) => ({ subject: region, ...one })))
  },
})

/** A check of why a region's Redis could not be asked. */
const failure = (kind: ProbeFailure['kind'], about: RedisCheck, expected: string): Check => ({
  severity: 'error',
  ...about,
  area: 'Redis',
  look: ({ redis }: Facts) =>
    redis.length === 0
      ? undefined
      : redis.flatMap(({ region, probed }) =>
          probed.ok || probed.failure.kind !== kind
            ? []
            : [{ subject: region, found: probed.failure.reason, expected }],
        ),
})

const isOfMode = ({ mode, namedMode }: RedisFacts) => mode === namedMode || mode === ''

const isOlder = (version: string, than: string) => version.localeCompare(than, 'en', { numeric: true }) < 0

const percent = (part: number, whole: number) => Math.round((100 * part) / whole)

/** The limit of its memory: its own, or that of its machine. */
function memoryOf({ maxmemory, systemMemory }: RedisFacts): { bytes: number; name: string } {
  return maxmemory > 0
    ? { bytes: maxmemory, name: 'maxmemory' }
    : { bytes: systemMemory, name: 'its machine' }
}

export const redisChecks: Check[] = [
  failure(
    'away',
    {
      id: 'redis-unreachable',
      why: 'The Redis of a region cannot be reached, or does not answer within 5 s. Verifications there get 503.',
      fix: 'Check the host and port of `REDIS_URL` or `REGIONS`, the firewall, and whether Redis runs.',
    },
    'an answer within 5 s',
  ),
  failure(
    'login',
    {
      id: 'redis-login',
      why: 'Redis refuses the user or the password, or wants one that the URL does not have.',
      fix: 'Write them into the URL: `redis://user:password@host:6379`. `@` and `/` in a password are percent-encoded.',
    },
    'a login',
  ),
  failure(
    'tls',
    {
      id: 'redis-tls',
      why: 'Redis and the URL do not agree on TLS, or its certificate is not valid for the host.',
      fix: 'Begin the URL with `rediss:` for TLS, with `redis:` for none. `NODE_EXTRA_CA_CERTS` names a CA of your own.',
    },
    'TLS with a valid certificate, or none on both sides',
  ),
  failure(
    'refused',
    {
      id: 'redis-refuses',
      why: 'Redis refuses a command that the service needs, by its ACL or because it is busy.',
      fix: 'Give the user all commands but the dangerous ones: `ACL SETUSER keys on ~* &* +@all -@dangerous +info +config|get +client|list`.',
    },
    'an answer without an error',
  ),
  {
    id: 'redis-plain',
    area: 'Redis',
    severity: 'warning',
    why: 'The connection goes over a public network and is not encrypted.',
    fix: 'Begin the URL with `rediss:`.',
    look: ({ redis }) =>
      redis.flatMap(({ region, probed }) =>
        found(probed.ok && !probed.value.wire.encrypted && !probed.value.wire.private, {
          subject: region,
          found: 'Not encrypted, over a public address',
          expected: 'TLS',
        }),
      ),
  },
  check(
    {
      id: 'redis-version',
      why: `Redis is older than ${REDIS_VERSION}.`,
      fix: 'Upgrade it, or use Valkey.',
    },
    ({ version }) =>
      found(isOlder(version, REDIS_VERSION), { found: version, expected: `${REDIS_VERSION} or newer` }),
  ),
  check(
    {
      id: MODE,
      why: 'The URL is that of one Redis, and a node of a Cluster or a Sentinel answers; or the other way round.',
      fix: `Begin the URL with what it is: ${REDIS_FORMS}.`,
    },
    (redis) => found(!isOfMode(redis), { found: `mode ${redis.mode}`, expected: `mode ${redis.namedMode}` }),
  ),
  check(
    {
      id: 'redis-replica',
      why: 'This Redis is a replica. The service refuses it: a replica lags behind, and cannot be written to.',
      fix: 'Name its primary.',
    },
    ({ isReplica }) => found(isReplica, { found: 'a replica', expected: 'a primary' }),
  ),
  check(
    {
      id: 'redis-loading',
      severity: 'warning',
      why: 'Redis is still reading its file after a start, and answers nothing else until then.',
      fix: 'Wait, and look again.',
    },
    ({ isLoading }) => found(isLoading, { found: 'It is loading', expected: 'a Redis that has started' }),
  ),
  check(
    {
      id: 'redis-evicts',
      why: 'Redis may evict a counter, which restarts its limit, or a job, which loses its count. Without `maxmemory` that is a warning: nothing is evicted until somebody sets it.',
      fix: 'Set `maxmemory-policy noeviction`.',
    },
    ({ maxmemoryPolicy, maxmemory }) =>
      found(maxmemoryPolicy !== 'noeviction' && maxmemoryPolicy !== '', {
        severity: maxmemory > 0 ? 'error' : 'warning',
        found: `maxmemory-policy ${maxmemoryPolicy}${maxmemory > 0 ? '' : ', without maxmemory'}`,
        expected: 'noeviction',
      }),
  ),
  check(
    {
      id: 'redis-append-only',
      why: 'Usage that waits for a worker lives in Redis. Without its append-only file a restart loses it.',
      fix: 'Set `appendonly yes`, and `appendfsync always` or `everysec`.',
    },
    ({ isAppendOnly }) => found(!isAppendOnly, { found: 'appendonly no', expected: 'appendonly yes' }),
  ),
  check(
    {
      id: 'redis-appendfsync',
      why: 'With `appendfsync no` the system decides when usage reaches the disk: a crash of the machine loses some 30 s.',
      fix: 'Set `appendfsync always`; `everysec` loses up to the last seconds.',
    },
    ({ appendfsync, isAppendOnly }) =>
      found(isAppendOnly && appendfsync === 'no', {
        found: 'appendfsync no',
        expected: 'always or everysec',
      }),
  ),
  check(
    {
      id: 'redis-append-failed',
      why: 'Redis could not write its append-only file. It refuses writes, or loses them in a crash.',
      fix: 'Look at its log and its disk.',
    },
    ({ appendFailed }) =>
      found(appendFailed, { found: 'The last write of the append-only file failed', expected: 'ok' }),
  ),
  check(
    {
      id: 'redis-snapshot-failed',
      why: 'The last RDB snapshot failed. With `stop-writes-on-bgsave-error yes`, the default, Redis refuses every write: verifications get 503.',
      fix: 'Look at its log and its disk. The service needs no snapshots beside the append-only file: `save ""`.',
    },
    ({ snapshotFailed, stopsOnSnapshotFailure }) =>
      found(snapshotFailed, {
        severity: stopsOnSnapshotFailure === false ? 'warning' : 'error',
        found: 'The last snapshot failed',
        expected: 'ok',
      }),
  ),
  check(
    {
      id: 'redis-memory',
      severity: 'warning',
      why: 'Redis uses more than 80 % of its memory. A full Redis refuses verifications (503). Above 95 % it is an error.',
      fix: 'Give it more, or find out what waits there: [When Postgres is away](operating.md#when-postgres-is-away).',
    },
    (redis) => {
      const { bytes, name } = memoryOf(redis)
      const share = bytes > 0 ? percent(redis.usedMemory, bytes) : 0
      return found(share > 80, {
        severity: share > 95 ? 'error' : 'warning',
        found: `It uses ${share} % of the memory of ${name}`,
        expected: 'at most 80 %',
      })
    },
  ),
]
