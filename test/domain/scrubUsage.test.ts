import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { accountsIn, type MeteringWork, scrubUsage } from '../../src/domain/erasure/scrubUsage.ts'
import { toRow } from '../../src/domain/metering/usageEvent.ts'
import { AcceptedUsage } from '../../src/domain/usage/AcceptedUsage.ts'
import { UsageBatch } from '../../src/domain/usage/UsageBatch.ts'
import { claimsOf, countWork, type Sums } from '../../src/workers/metering/countWork.ts'
import { createRandom, type Random } from '../support/random.ts'

const AT = Date.UTC(2026, 10, 27, 12)
const ACCOUNTS = ['acct_1', 'acct_2', 'acct_3', 'acct_4']

/** Keys `key_2_…` are of the account `acct_2`. */
const keyOf = (random: Random) => {
  const account = random.between(1, ACCOUNTS.length)
  return { keyId: `key_${account}_${random.between(1, 3)}`, accountId: `acct_${account}` }
}
const callerOf = (random: Random, keyId: string) => ({
  ip: `192.0.2.${random.between(1, 5)}`,
  endpoint: `/of/${keyId}`,
  method: 'GET',
})

function anyEvents(random: Random): MeteringWork {
  const events = Array.from({ length: random.between(1, 20) }, () => {
    const key = keyOf(random)
    const facts = { at: AT - random.between(0, 300_000_000), status: random.pick([200, 404, 500]) }
    const id = `\0reporter\0of-${key.keyId}-${random.between(1, 1e9)}`
    const latencyMs = random.between(1, 99)
    return toRow({
      ...key,
      ...facts,
      id,
      latencyMs,
      units: random.between(0, 9),
      ...callerOf(random, key.keyId),
    })
  })
  return { name: 'roll-up-events', data: { events } }
}

function anyBatch(random: Random): MeteringWork {
  const contexts: [string | null, string | null, string | null][] = [[null, null, null]]
  const keys: string[] = []
  const groups: number[][] = []
  const results: number[] = []
  for (let count = random.between(1, 6); count > 0; count--) {
    const { keyId, accountId } = keyOf(random)
    if (keys.includes(keyId)) continue
    keys.push(keyId)
    const group = [ACCOUNTS.indexOf(accountId) + 1, 0, random.between(0, 1)]
    for (let requests = random.between(1, 4); requests > 0; requests--) {
      const { ip, endpoint, method } = callerOf(random, keyId)
      const context = random.chance(0.3) ? 0 : contexts.push([ip, endpoint, method]) - 1
      group.push(0, random.between(0, 9), context)
      results.push(random.chance(0.8) ? 0 : random.pick([2, 3, 5, 7]), 1, 1, 1)
    }
    groups.push(group)
  }
  const data = {
    batchId: randomUUID(),
    region: 'primary',
    at: AT,
    contexts,
    accounts: ACCOUNTS,
    keys,
    groups,
  }
  return { name: 'roll-up-verifications', data: { ...data, results: results.join() } }
}

/** What a job adds up to: the buckets of accounts that stay, and the units a day of those that are erased. */
function counted(work: MeteringWork, erased: Set<string>) {
  const sums: Sums = { batch: new UsageBatch(), accepted: new AcceptedUsage(), impossible: 0 }
  const claims = claimsOf(work)
  countWork(sums, work, claims, { fresh: new Set(claims), completed: new Set() }, AT)
  const days: Record<string, number> = {}
  for (const { accountId, at, units } of sums.batch.takeOut(erased)) {
    const day = `${accountId} ${new Date(at).toISOString().slice(0, 10)}`
    days[day] = (days[day] ?? 0) + units
  }
  const { buckets, callers, quotas } = sums.batch
  return { buckets, callers, quotas, days, claims }
}

it.each([
  ['events', anyEvents],
  ['verifications', anyBatch],
])(
  'a job of %s says nothing of erased accounts but their units; all else is counted as before',
  (_name, make) => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = createRandom(seed)
      const work = make(random)
      const erased = new Set(random.shuffle([...ACCOUNTS]).slice(0, random.between(1, 3)))
      const scrubbed = { ...work, data: scrubUsage(work, erased) } as MeteringWork
      expect(counted(scrubbed, erased), `seed ${seed}`).toEqual(counted(work, erased))
      const text = JSON.stringify(scrubbed.data)
      for (const accountId of ACCOUNTS) {
        const key = accountId.replace('acct', 'key')
        if (erased.has(accountId)) expect(text).not.toContain(key)
        else expect(text.includes(key)).toBe(JSON.stringify(work.data).includes(key))
      }
      expect(accountsIn(scrubbed).filter((id) => erased.has(id))).toEqual([])
      expect(accountsIn(work).toSorted()).toEqual(
        ACCOUNTS.filter((id) => JSON.stringify(work.data).includes(id.replace('acct', 'key'))),
      )
    }
  },
)
