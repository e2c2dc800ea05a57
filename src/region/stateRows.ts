import type { JournalHead } from '../domain/journal/JournalEntry.ts'
import { type LoadedState, regionVersionOf } from '../domain/keys/keyState.ts'

/**
 * The region as it was before states were read: its epoch, how often it had removed states (see dropStates.lua), and
 * what had ended last.
 */
export type BeforeFill = { marker: string; sweeps: string; head: JournalHead | null }

/** States as putStates.lua takes them. */
export function stateRows(states: LoadedState[]): string {
  const rows = states.map(({ key, account, seed }) => ({
    digest: key.digest,
    keyId: key.keyId,
    keyVersion: key.version,
    key: JSON.stringify(key),
    accountId: account.accountId,
    accountVersion: regionVersionOf(account),
    account: JSON.stringify(account),
    seed,
  }))
  return JSON.stringify(rows)
}
