import { Redis } from 'ioredis'
import { movingOptions } from '../../platform/connectRedis.ts'
import { factsOf } from '../../platform/errorFacts.ts'
import { namesIn, type RedisNames } from '../../platform/redisNames.ts'
import { isClusterUrl, parseMovingUrl, urlOfShard } from '../../platform/redisUrl.ts'
import { TimedOut, within } from '../../platform/within.ts'
import { Journal } from '../../region/Journal.ts'
import type { Probed, RedisFacts } from '../Facts.ts'
import { compareClock, isOfTls, isPrivateHost, PROBE_MS, passwordOf, probe } from './probe.ts'
import { readQueues } from './queues.ts'
import { firstBytes, speaksTls } from './socket.ts'

/** Less than a probe may take, so that the reason is known. */
const BOUND_MS = PROBE_MS - 1_000

const SILENT = `It takes connections and does not answer within ${BOUND_MS / 1_000} s.`

/**
 * Asks the Redis of a shard, by its place, on a connection of its own. Changes nothing. `queues`: those that it should
 * hold; none at start.
 */
export function probeRedis(
  named: string,
  queues: string[] | undefined,
  place = 0,
): Promise<Probed<RedisFacts>> {
  const url = urlOfShard(named, place)
  const moving = parseMovingUrl(url)
  const encrypted = url.startsWith('rediss')
  const hosts = moving ? moving.nodes.map(({ host }) => host) : [new URL(url).hostname]
  const ask = async () => {
    const options = {
      lazyConnect: true,
      enableReadyCheck: false,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      connectTimeout: BOUND_MS,
      commandTimeout: BOUND_MS,
    }
    const redis = moving
      ? new Redis({ ...options, ...movingOptions(url, place), sentinelRetryStrategy: () => null })
      : new Redis(url, options)
    // `connect` itself says of each failure only that the connection is closed.
    let cause: Error | undefined
    redis.on('error', (error: Error) => {
      cause = error
    })
    try {
      await within(BOUND_MS, redis.connect(), () => new TimedOut(SILENT))
      const facts = await readFacts(redis, isClusterUrl(url) ? 'cluster' : 'standalone')
      const open = await Promise.all(hosts.map((host) => isPrivateHost(host).catch(() => true)))
      const wire = { encrypted, private: open.every(Boolean) }
      return {
        ...facts,
        wire,
        ...(queues && isUsable(facts) && (await readState(redis, namesIn(url, place), queues))),
      }
    } catch (error) {
      const first = cause ?? error
      if (!moving) await requireSameProtocol(url, first)
      throw first
    } finally {
      redis.disconnect()
      // One that hangs does not close its end.
      redis.stream?.destroy()
    }
  }
  return probe(ask, {
    kindOf,
    secret: moving ? (moving.password ?? moving.sentinelPassword) : passwordOf(url),
  })
}

class OtherProtocol extends Error {}

/** Throws where only one side speaks TLS: what the client says of that is not clear. */
async function requireSameProtocol(url: string, error: unknown): Promise<void> {
  const { protocol, hostname, port } = new URL(url)
  const server = [hostname.replace(/^\[|\]$/g, ''), Number(port || 6379)] as const
  if (isAnswer(error)) return
  if (protocol === 'redis:' && !isSilence(error) && (await speaksTls(...server)))
    throw new OtherProtocol('It speaks TLS. Its URL must begin with rediss:.')
  if (protocol === 'rediss:' && /^[+-]/.test(await answerTo(...server)))
    throw new OtherProtocol('It does not speak TLS. Its URL must begin with redis:.')
}

const answerTo = (host: string, port: number) =>
  firstBytes(host, port, Buffer.from('PING\r\n')).then(String, () => '')

const messageOf = (error: unknown) => String(factsOf(error).message)

/** Redis itself has answered: the connection stands. */
const isAnswer = (error: unknown) =>
  /^(ERR|NOPERM|NOAUTH|WRONGPASS|LOADING|BUSY|MASTERDOWN|MISCONF|OOM|READONLY)\b/.test(messageOf(error))

const isSilence = (error: unknown) =>
  error instanceof TimedOut || /timed out|ETIMEDOUT/.test(messageOf(error))

function kindOf(error: unknown) {
  if (error instanceof OtherProtocol || isOfTls(error)) return 'tls'
  if (/WRONGPASS|NOAUTH|invalid (username-)?password|without any password/i.test(messageOf(error)))
    return 'login'
  return isAnswer(error) ? 'refused' : 'away'
}

/** A server of another kind than its URL says refuses further questions, and no region can be there anyway. */
const isUsable = ({ mode, namedMode }: Pick<RedisFacts, 'mode' | 'namedMode'>) => mode === namedMode

async function readFacts(
  redis: Redis,
  namedMode: RedisFacts['namedMode'],
): Promise<Omit<RedisFacts, 'wire'>> {
  const info = parseInfo(await redis.info())
  const configuration = await readConfiguration(redis)
  const isLoading = info.loading === '1'
  // Valkey 8 has another name for it.
  const mode =
    info.redis_mode ?? info.server_mode ?? (info.cluster_enabled === '1' ? 'cluster' : 'standalone')
  const now = async () => {
    const [seconds, micros] = await redis.time()
    return Number(seconds) * 1_000 + Number(micros) / 1_000
  }
  const hasClock = !isLoading && isUsable({ mode, namedMode })
  return {
    clock: hasClock ? await compareClock(now) : { aheadMs: 0, uncertainMs: Number.POSITIVE_INFINITY },
    isLoading,
    version: info.redis_version ?? '0',
    mode,
    namedMode,
    isReplica: info.role === 'slave',
    runId: info.run_id ?? '',
    maxmemoryPolicy: info.maxmemory_policy ?? '',
    maxmemory: Number(info.maxmemory ?? 0),
    usedMemory: Number(info.used_memory ?? 0),
    systemMemory: Number(info.total_system_memory ?? 0),
    isAppendOnly: info.aof_enabled === '1',
    appendfsync: configuration.appendfsync,
    appendFailed: info.aof_last_write_status === 'err' || info.aof_last_bgrewrite_status === 'err',
    snapshotFailed: info.rdb_last_bgsave_status === 'err',
    folder: configuration.dir,
    stopsOnSnapshotFailure: isYes(configuration['stop-writes-on-bgsave-error']),
  }
}

const isYes = (text: string | undefined) => (text === undefined ? undefined : text === 'yes')

const parseInfo = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(/\r?\n/)
      .filter((line) => /^\w+:/.test(line))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )

/** Nothing where Redis does not let us read it, as managed ones do. */
async function readConfiguration(redis: Redis): Promise<Record<string, string>> {
  const names = ['appendfsync', 'stop-writes-on-bgsave-error', 'dir']
  const answers = await Promise.all(names.map((name) => redis.config('GET', name).catch(() => [])))
  return Object.fromEntries(
    answers.flatMap((answer) => {
      const [name, value] = (
        Array.isArray(answer) ? answer : Object.entries(answer as object).flat()
      ) as string[]
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    }),
  )
}

async function readState(
  redis: Redis,
  names: RedisNames,
  queues: string[],
): Promise<Required<Pick<RedisFacts, 'queues' | 'leaseMs' | 'ended'>>> {
  const marker = await redis.get(names.marker)
  const until = marker === null ? 0 : Number((await redis.get(`${names.states(marker)}lease`)) ?? 0)
  const [seconds] = await redis.time()
  const leaseMs = Math.max(0, until - Number(seconds) * 1_000)
  const ended = await new Journal('', { redis, names }, undefined).head()
  return { queues: await readQueues(redis, names.jobs, queues), leaseMs, ended }
}
