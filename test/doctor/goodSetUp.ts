import { Redis } from 'ioredis'
import { freePort } from '../../src/dev/freePort.ts'
import { diagnose } from '../../src/doctor/diagnose.ts'
import { gatherFacts } from '../../src/doctor/gatherFacts.ts'
import { startOwnPostgres } from '../support/ownPostgres.ts'
import { startService } from '../support/startService.ts'
import { startForwarder, startSmtpServer } from './brokenServers.ts'

export type Environment = Record<string, string>

/** The names of what is found, in the order of the alphabet, with the subject where there is one. */
export async function findingsIn(
  source: Record<string, string | undefined>,
  processes = { apis: 1, workers: 1 },
): Promise<string[]> {
  const { findings } = diagnose(await gatherFacts({ source, processes }))
  return findings.map(({ id, subject }) => (subject === undefined ? id : `${id} ${subject}`)).toSorted()
}

/** Starts one after the other, and stops them the other way round. */
export function createStops() {
  const stops: (() => unknown)[] = []
  return {
    keep: async <Started extends { stop: () => unknown }>(starting: Promise<Started>): Promise<Started> => {
      const started = await starting
      stops.push(() => started.stop())
      return started
    },
    stop: async () => {
      for (const one of stops.reverse()) await one()
    },
  }
}

/**
 * A set-up in which nothing is wrong, as in production: a Postgres that flushes, an api behind a proxy, a worker, an
 * SMTP server. `env` is the environment of its processes.
 */
export async function startGoodSetUp() {
  const { keep, stop } = createStops()
  const database = await startOwnPostgres()
  const smtp = await keep(startSmtpServer())
  const forwarder = await keep(startForwarder())
  const workerPort = await freePort()
  const own: Environment = {
    NODE_ENV: 'production',
    PUBLIC_URL: forwarder.url,
    TRUSTED_PROXIES: '127.0.0.1,::1',
    SMTP_URL: smtp.urlFor('right'),
    WORKER_PORT: String(workerPort),
  }
  const service = await keep(startService({ database, env: own }))
  forwarder.lead(service.url)
  const redis = new Redis(service.redis.url)
  const env: Environment & { DATABASE_URL: string; REDIS_URL: string } = {
    ...service.env,
    ...own,
    DATABASE_URL: service.databaseUrl,
    REDIS_URL: service.redis.url,
  }
  return {
    env,
    service,
    forwarder,
    redis,
    workerUrl: `http://127.0.0.1:${workerPort}`,
    /** `change`: of the environment in which the doctor looks. */
    findings: (
      change: Record<string, string | undefined> = {},
      processes?: { apis: number; workers: number },
    ) => findingsIn({ ...env, ...change }, processes),
    stop: async () => {
      redis.disconnect()
      await stop()
    },
  }
}
