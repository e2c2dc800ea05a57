import type { Decision } from '../domain/metering/readDecisions.ts'
import type { Ticket } from '../domain/metering/Ticket.ts'
import { shardOf } from '../domain/shards.ts'
import type { Quotas } from '../region/quotasIn.ts'
import type { Shards } from '../region/shards.ts'
import { GroupCommit } from './GroupCommit.ts'
import { QuotaShare } from './QuotaShare.ts'

/**
 * A group commit for each shard of a region, in a further one with its share of the quotas of all regions. A request is
 * decided where its key's account lives, so that a shard that is away stops no other.
 */
export class Commits {
  readonly #commits: GroupCommit[]
  readonly #shares: QuotaShare[]
  readonly #deciding: readonly Pick<GroupCommit, 'decide'>[]

  constructor(shards: Shards, onBatch: (size: number) => void, quotas: Quotas | undefined) {
    const commits = shards.map((shard) => new GroupCommit(shard, onBatch))
    this.#commits = commits
    this.#shares = quotas ? commits.map((commit) => new QuotaShare(quotas, (one) => commit.decide(one))) : []
    this.#deciding = quotas ? this.#shares : commits
  }

  /** See GroupCommit and QuotaShare. */
  decide(ticket: Ticket): Promise<Decision> {
    const deciding = this.#deciding
    const place = shardOf(ticket.key.state.accountId, deciding.length)
    return (deciding[place] as Pick<GroupCommit, 'decide'>).decide(ticket)
  }

  /** Resolves when every unit is counted or given back, and what was given up is taken back where that can be. */
  async drain(): Promise<void> {
    for (const share of this.#shares) await share.drain()
    await Promise.allSettled(this.#commits.map((commit) => commit.settle()))
  }
}
