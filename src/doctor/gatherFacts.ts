import { QUEUES, type QueueName } from '../domain/jobs.ts'
import { PRIMARY } from '../domain/regions.ts'
import { placeOfShard, shardNames } from '../domain/shards.ts'
import type { FurtherRegion } from '../platform/queues.ts'
import { queueName, usageQueues } from '../platform/redisNames.ts'
import { countServers, isClusterUrl } from '../platform/redisUrl.ts'
import { readSecretsKeys } from '../platform/secretsKeys.ts'
import { createVault } from '../platform/vault.ts'
import type { Facts, Probed } from './Facts.ts'
import { isThisMachine, probeDisks } from './probes/disks.ts'
import { probeLacking } from './probes/lacking.ts'
import { probePostgres } from './probes/postgres.ts'
import { probePublicUrl } from './probes/publicUrl.ts'
import { probeRedis } from './probes/redis.ts'
import { readSettings } from './probes/settings.ts'
import { probeSmtp } from './probes/smtp.ts'

export type GatherOptions = {
  source: NodeJS.ProcessEnv
  processes?: Facts['processes']
  /**
   * Only what a process can find out when it starts: other processes may not be there yet, and nothing outside of the
   * service is asked.
   */
  brief?: boolean
}

/** Asks everything at once, and then Postgres about what the regions said. Never throws; each question has a bound. */
export async function gatherFacts({ source, brief = false, ...given }: GatherOptions): Promise<Facts> {
  const settings = readSettings(source)
  const {
    DATABASE_URL,
    DATABASE_READ_URL,
    REDIS_URL,
    REGIONS = [],
    SHARDS = 1,
    SECRETS_KEY,
    PUBLIC_URL,
    SMTP_URL,
  } = settings.env
  const { SECRETS_KEYS_READ = '' } = settings.env
  const secrets = SECRETS_KEY === undefined ? undefined : readSecretsKeys({ SECRETS_KEY, SECRETS_KEYS_READ })
  const vault = secrets && createVault(secrets)
  const all = <Value>(url: string | undefined, ask: (url: string) => Promise<Value>) =>
    url === undefined || brief ? undefined : ask(url)
  const regions = [...(REDIS_URL === undefined ? [] : [{ name: PRIMARY, url: REDIS_URL }]), ...REGIONS]
  // Otherwise all shards of a region have one server.
  const redisUrls = regions.flatMap(({ name, url }) =>
    shardNames(name, isClusterUrl(url) || countServers(url) > 1 ? SHARDS : 1).map((shard) => ({
      name: shard,
      url,
    })),
  )
  const [postgres, standby, redis, publicUrl, smtp] = await Promise.all([
    DATABASE_URL === undefined ? undefined : probePostgres(DATABASE_URL, vault),
    DATABASE_READ_URL === undefined ? undefined : probePostgres(DATABASE_READ_URL, undefined),
    Promise.all(
      redisUrls.map(async ({ name, url }) => ({
        region: name,
        url,
        probed: await probeRedis(url, brief ? undefined : queuesIn(name, REGIONS), placeOfShard(name)),
      })),
    ),
    secrets && all(PUBLIC_URL, (url) => probePublicUrl(url, secrets)),
    all(SMTP_URL, probeSmtp),
  ])
  const heads = redis.flatMap(({ region, probed }) =>
    probed.ok && probed.value.ended ? [{ region, head: probed.value.ended }] : [],
  )
  const isKnown = postgres?.ok && postgres.value.stored !== undefined
  const lacking = isKnown ? await all(DATABASE_URL, (url) => probeLacking(url, heads)) : undefined
  const folders = [
    { what: 'DATA_DIR', path: source.DATA_DIR },
    { what: 'BACKUP_DIR', path: settings.env.BACKUP_DIR },
    {
      what: 'Postgres',
      path: localFolder(DATABASE_URL, postgres, ({ settings }) => settings.data_directory),
    },
    ...redis.map(({ region, url, probed }) => ({
      what: `the Redis of ${region}`,
      path: localFolder(url, probed, ({ folder }) => folder),
    })),
  ]
  const disks = brief ? undefined : await probeDisks(folders)
  return {
    now: Date.now(),
    nodeVersion: process.versions.node,
    ...settings,
    processes: given.processes ?? { apis: 1, workers: 1 },
    postgres,
    standby,
    redis: redis.map(({ region, probed }) => ({ region, probed })),
    lacking,
    publicUrl,
    smtp,
    disks,
  }
}

/** The folder that a server on this machine names. */
function localFolder<Value>(
  url: string | undefined,
  probed: Probed<Value> | undefined,
  read: (value: Value) => string | undefined,
): string | undefined {
  return probed?.ok && isThisMachine(url) ? read(probed.value) : undefined
}

/** The queues of which each region has its own in its Redis. */
const NEAR: QueueName[] = ['metering', 'slots', 'asks']

/** Which queues a region's Redis should hold. */
function queuesIn(region: string, further: FurtherRegion[]): string[] {
  if (placeOfShard(region) > 0) return usageQueues(region)
  if (region !== PRIMARY) return NEAR.map((queue) => queueName(queue, region))
  return [...QUEUES, ...further.map(({ name }) => queueName('fan-out', name))]
}
