import type { ServiceTokenState } from '../domain/accounts/serviceTokenStore.ts'
import type { AccountState, KeyState, LoadedState } from '../domain/keys/keyState.ts'
import { shardOf } from '../domain/shards.ts'
import { fill } from './fill.ts'
import { TruthIsOld } from './Journal.ts'
import type { Region } from './Region.ts'
import { fillTokens, getTokens } from './regionTokens.ts'

/** All shards of a region, in their order. Which of them holds an account never changes. */
export type Shards = readonly [Region, ...Region[]]

/** The shard in which an account lives. */
export const shardFor = (shards: Shards, accountId: string): Region =>
  shards[shardOf(accountId, shards.length)] ?? shards[0]

type Found = { key: KeyState; account: AccountState }

/**
 * The states that a region knows, by digest. Nobody knows in which shard a digest's account lives before its state is
 * read, so each shard is asked. `isWhole`: all of them have answered. Throws RegionUnavailable where none has.
 */
export async function getStates(
  shards: Shards,
  digests: string[],
): Promise<{ states: Map<string, Found>; isWhole: boolean }> {
  const answers = await answersOf(shards, (shard) => shard.getStates(digests))
  const states = new Map<string, Found>()
  for (const answer of answers) for (const state of answer) if (state) states.set(state.key.digest, state)
  return { states, isWhole: answers.length === shards.length }
}

/**
 * Reads states from the truth and stores each in its shard. A shard that is away keeps nobody else waiting: what lives
 * there is returned all the same, and that shard decides nothing about it before it is back. Throws RegionUnavailable
 * where the only shard is away, and TruthIsOld where Postgres lacks what a region has.
 */
export async function fillShards(
  shards: Shards,
  readTruth: () => Promise<LoadedState[]>,
): Promise<LoadedState[]> {
  if (shards.length === 1) return (await fill(shards[0], readTruth)).states
  const prepared = await Promise.all(shards.map((shard) => shard.beforeFill().catch(() => undefined)))
  const states = await readTruth()
  await Promise.all(shards.map(({ journal }, place) => journal.require(prepared[place]?.head ?? null)))
  await Promise.allSettled(
    shards.map(async (shard, place) => {
      const own = states.filter(({ key }) => shard.holds(key.accountId))
      const before = prepared[place]
      if (own.length > 0 && !(before && (await shard.putStates(own, before)))) await fill(shard, readTruth)
    }),
  )
  return states
}

/**
 * The service tokens that every shard which answers knows, in the same version, in the order of the digests. Throws
 * RegionUnavailable where none answers.
 */
export async function getTokensOf(
  shards: Shards,
  digests: string[],
): Promise<(ServiceTokenState | undefined)[]> {
  const [first = [], ...others] = await answersOf(shards, (shard) => getTokens(shard, digests))
  return first.map((token, place) =>
    others.every((answer) => answer[place]?.version === token?.version) ? token : undefined,
  )
}

/**
 * Brings service tokens from the truth into every shard that answers. Throws RegionUnavailable where none does, and
 * TruthIsOld.
 */
export async function fillTokensOf(
  shards: Shards,
  readTruth: () => Promise<ServiceTokenState[]>,
): Promise<ServiceTokenState[]> {
  const [first] = await answersOf(shards, (shard) => fillTokens(shard, readTruth))
  return first?.tokens ?? []
}

/**
 * What shards answer, in their order, without those that do not. Throws TruthIsOld where one did, and what the first
 * one threw where none answers.
 */
async function answersOf<Answer>(shards: Shards, ask: (shard: Region) => Promise<Answer>): Promise<Answer[]> {
  const asked = await Promise.allSettled(shards.map(ask))
  const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const reasons = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  const old = reasons.find((reason) => reason instanceof TruthIsOld)
  if (old) throw old
  if (answers.length === 0) throw reasons[0]
  return answers
}
