import { networksOf } from '../domain/addresses.ts'
import { digestOf } from '../domain/keys/keyFormat.ts'
import type { Budget } from './attempts.ts'
import type { ApiContext } from './context.ts'

/** Failed attempts in a quarter of an hour. */
const PER_NETWORK = 100
const PER_SITE = 1_000
const PER_EMAIL_AND_NETWORK = 10
const PER_EMAIL = 100
const PER_DEVICE = 10
/** And successful ones: each costs a hash and a row. */
const SUCCESSES = 100
/** Links to set another password that are asked for. */
const RESETS_PER_NETWORK = 30
const RESETS_PER_EMAIL = 5

/** Counted before the body is read. */
export function networkBudgets(address: string): Budget[] {
  const [network = '', site] = networksOf(address)
  const ofNetwork = { name: `network:${network}`, limit: PER_NETWORK }
  return site === undefined ? [ofNetwork] : [ofNetwork, { name: `site:${site}`, limit: PER_SITE }]
}

/**
 * A stranger uses up their own network's attempts at an email address, not the member's. The bound over all networks
 * is for many strangers together. Hashed: people paste passwords into the field for the email address.
 */
export function emailBudgets(email: string, address: string): Budget[] {
  const digest = digestOf(email)
  return [
    { name: `email-network:${digest}:${networksOf(address)[0]}`, limit: PER_EMAIL_AND_NETWORK },
    { name: `email:${digest}`, limit: PER_EMAIL },
  ]
}

/** A device on which this member signed in before. No stranger can use these up. */
export const deviceBudget = (id: string): Budget => ({ name: `device:${id}`, limit: PER_DEVICE })

export const successBudget = (memberId: string): Budget => ({
  name: `signed-in:${memberId}`,
  limit: SUCCESSES,
})

/** Entries in the audit log that say that this member cannot sign in: strangers cause them. */
export const refusalBudget = (memberId: string): Budget => ({ name: `noted:${memberId}`, limit: 1 })

/** Counted before the body is read. */
export async function requireResets(api: ApiContext, address: string): Promise<void> {
  const [network = ''] = networksOf(address)
  await api.attempts.take([{ name: `reset-network:${network}`, limit: RESETS_PER_NETWORK }])
}

/** Per network, so that strangers use up their own. What is sent is bounded by the address alone (`requestReset`). */
export const resetBudgets = (email: string, address: string): Budget[] => [
  { name: `reset:${digestOf(email)}:${networksOf(address)[0]}`, limit: RESETS_PER_EMAIL },
]
