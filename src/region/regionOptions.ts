import type { EpochRegister } from './agreeOnEpoch.ts'

/** What a process must know of a region's shard to use it. */
export type RegionOptions = {
  /** See `shardName`. */
  name: string
  /** How many shards the region has. Default: 1. */
  shards?: number
  url: string
  /** `leased`: workers give it a lease. The others get one from whoever has agreed on their epoch with Postgres. */
  kind: 'primary' | 'unleased' | 'leased'
  /** Absent in a process without Postgres: it never begins an epoch, and believes only one that holds a lease. */
  register?: EpochRegister
  /** Gets the number of shards that the region has, where it is not `shards`. */
  onOtherShards?: (shards: number) => void
}

/** Where a region logs that it is away. */
export type RegionLog = {
  warn: (facts: { region: string; reason?: string; err?: unknown }, text: string) => void
}
