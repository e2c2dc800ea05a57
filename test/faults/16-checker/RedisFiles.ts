import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Random } from '../../support/random.ts'
import type { RegionName, RegionServer } from './cluster.ts'

/** Ends Redis servers, and starts them from what they had on disk now or before. */
export class RedisFiles {
  /** Older files that the server did not start from: it was started empty instead. */
  unreadable = 0
  readonly #copies = new Set<RegionName>()
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  has(name: RegionName): boolean {
    return this.#copies.has(name)
  }

  async flush({ redis }: RegionServer): Promise<void> {
    const client = new Redis(redis.url)
    await client.flushall().finally(() => client.disconnect())
  }

  /** `older`: from a file that was copied before. */
  async restart(region: RegionServer, older = false): Promise<void> {
    const { name, redis, dataDir } = region
    if (older && !this.#copies.has(name)) await this.copy(region)
    await delay(this.#random.between(0, 1_000))
    await redis.kill()
    const [now, before] = [join(dataDir, 'appendonlydir'), join(dataDir, 'older')]
    if (older) {
      await rm(now, { recursive: true })
      await cp(before, now, { recursive: true })
    }
    await delay(this.#random.between(0, name === 'primary' ? 300 : 1_500))
    try {
      await redis.restart()
    } catch (error) {
      if (!older) throw error
      // Copied in the middle of a rewrite.
      this.unreadable += 1
      await rm(now, { recursive: true })
      await redis.restart()
    }
  }

  /** Of now, unless it is just being rewritten. */
  async copy({ name, dataDir }: RegionServer): Promise<void> {
    const older = join(dataDir, 'older')
    this.#copies.delete(name)
    await rm(older, { recursive: true, force: true })
    await cp(join(dataDir, 'appendonlydir'), older, { recursive: true }).then(
      () => this.#copies.add(name),
      () => {},
    )
  }
}
