import { crc32 } from 'node:zlib'

/** A region may be in so many shards. */
export const MAX_SHARDS = 64

/**
 * The shard of every region in which an account lives, from 0. It never changes while the number of shards does not:
 * CRC-32 is spread evenly over IDs that are random.
 */
export const shardOf = (accountId: string, shards: number): number =>
  shards === 1 ? 0 : crc32(accountId) % shards

/** What a shard is called. The first has its region's name: with one shard, they are the same. */
const shardName = (region: string, shard: number): string => (shard === 0 ? region : `${region}.${shard}`)

/** The names of a region's shards, in their order. */
export const shardNames = (region: string, shards: number): string[] =>
  Array.from({ length: shards }, (_, shard) => shardName(region, shard))

/** The region that a shard is of. */
export const regionOfShard = (name: string): string => name.split('.', 1)[0] ?? name

/** How many shards the region has whose marker this is: its epoch begins with their number, unless there is one. */
export const shardsIn = (marker: string): number => Number(/\|(\d+)x/.exec(marker)?.[1] ?? 1)

/** A shard's place in its region, from 0. */
export const placeOfShard = (name: string): number => Number(name.split('.')[1] ?? 0)
