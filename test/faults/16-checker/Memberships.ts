import { setTimeout as delay } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { leaseMarginMs, removeRegion } from '../../../src/domain/regions.ts'
import { connectRedis } from '../../../src/platform/connectRedis.ts'
import { type Orm, openPostgres } from '../../../src/platform/postgres.ts'
import { namesIn } from '../../../src/platform/redisNames.ts'
import { runSql } from '../../setup/runSql.ts'
import type { Random } from '../../support/random.ts'
import { type Cluster, LEASE_MS, type RegionName } from './cluster.ts'

type Further = Exclude<RegionName, 'primary'>

/** Does to a Redis what makes it leave the service for a while, with all that it knows, and lets it come back. */
export class Memberships {
  readonly #cluster: Cluster
  #orm: Promise<Orm> | undefined
  /** Whether the next region that lapses for long is given up. */
  #givesUp: boolean

  /** The first half is drawn: a run may come to one lapse only. */
  constructor(cluster: Cluster, random: Random) {
    this.#cluster = cluster
    this.#givesUp = random.chance(0.5)
  }

  /** An operator removes a further region and adds it again. */
  async removeAndAdd(region: Further, meanwhile: () => Promise<void>): Promise<void> {
    await this.#restartWorkers(region)
    await this.#remove(this.#cluster.nameOf(region))
    await meanwhile()
    await this.#restartWorkers()
  }

  /** A further region is cut off, and then gets another name; the operator removes the previous one. */
  async rename(region: Further, meanwhile: () => Promise<void>): Promise<void> {
    const proxies = this.#cluster.workers.map((one) => one.proxies[region])
    for (const proxy of proxies) proxy.cut()
    await meanwhile()
    const former = this.#cluster.rename(region)
    const verifiers = this.#cluster.verifiers.filter((one) => one.region === region)
    await Promise.all([this.#restartWorkers(), ...verifiers.map((one) => one.restart())])
    for (const proxy of proxies) proxy.mend()
    await this.#remove(former)
  }

  /**
   * Every process comes to another Redis as the primary, and after a while to the previous one again, which kept
   * running.
   */
  async switchPrimary(meanwhile: () => Promise<void>): Promise<void> {
    const spare = await this.#cluster.sparePrimary()
    for (const proxy of this.#cluster.proxiesToPrimary) proxy.lead(spare.redis.port)
    await meanwhile()
    for (const proxy of this.#cluster.proxiesToPrimary) proxy.lead()
  }

  /** A further region is cut off, and the clock moves by months: what its lapsed lease has answered for is old. */
  async lapseForLong(region: Further, meanwhile: () => Promise<void>): Promise<void> {
    const proxies = this.#cluster.workers.map((one) => one.proxies[region])
    for (const proxy of proxies) proxy.cut()
    await meanwhile()
    const owed = `region = '${this.#cluster.nameOf(region)}' and outcome = 'lapsed' and confirmed_at is null`
    const { databaseUrl } = this.#cluster
    await runSql(
      databaseUrl,
      `update command set finished_at = finished_at - interval '91 days'
       where status = 'succeeded' and id in (select command_id from command_region where ${owed})`,
    )
    // By turns the commands alone are old, and then what was decided on them, too: the first is kept, the second
    // given up.
    if (this.#givesUp)
      await runSql(
        databaseUrl,
        `update command_region set decided_at = decided_at - interval '91 days' where ${owed}`,
      )
    this.#givesUp = !this.#givesUp
    await this.#runJob('expire-records', {})
    for (const proxy of proxies) proxy.mend()
  }

  /** Keys that ended count as ended long ago, and their states leave a region. */
  async sweep(region: RegionName, meanwhile: () => Promise<void>): Promise<void> {
    await meanwhile()
    await runSql(
      this.#cluster.databaseUrl,
      `update api_key set revoked_at = revoked_at - interval '2 days' where revoked_at > now() - interval '1 day'`,
    )
    await this.#runJob('sweep-region-states', { region: this.#cluster.nameOf(region) })
  }

  async close(): Promise<void> {
    await (await this.#orm)?.close()
  }

  async #restartWorkers(without?: Further): Promise<void> {
    for (const worker of this.#cluster.workers) worker.without = without
    await Promise.all(this.#cluster.workers.map((worker) => worker.restart()))
  }

  /** As soon as its lease is over. */
  async #remove(region: string): Promise<void> {
    this.#orm ??= openPostgres(this.#cluster.databaseUrl, { poolMax: 1 })
    const orm = await this.#orm
    const marginMs = leaseMarginMs(LEASE_MS)
    const remove = () => orm.em.fork().transactional((em) => removeRegion(em, { region, marginMs }))
    for (let look = 0; look < 300 && (await remove()) === 'leased'; look++) await delay(100)
  }

  /** Resolves once a worker has done it; after some seconds in any case. */
  async #runJob(name: string, data: object): Promise<void> {
    const { redis } = this.#cluster.regions.find((one) => one.name === 'primary')!
    const connection = connectRedis(redis.url, 'jobs')
    const queue = new Queue('maintenance', { connection, prefix: namesIn(redis.url).jobs })
    queue.on('error', () => {})
    try {
      await queue.waitUntilReady()
      const job = await queue.add(name, data, { removeOnComplete: 100, removeOnFail: 100 })
      for (let look = 0; look < 150 && !(await job.isCompleted()); look++) await delay(100)
    } catch {
      // The primary is away: then it was not done.
    } finally {
      await queue.close().catch(() => {})
      connection.disconnect()
    }
  }
}
