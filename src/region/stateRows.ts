import { type LoadedState, regionVersionOf } from '../domain/keys/keyState.ts'

/**
 * The region as it was before states were read: its epoch, and how often it had removed states (see dropStates.lua).
 */
export type BeforeFill = { marker: string; sweeps: string }

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
