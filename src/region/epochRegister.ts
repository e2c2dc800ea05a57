import { holdsEntry } from '../domain/journal/journalStore.ts'
import { noteEpochLease, readRegisteredEpoch, registerEpoch } from '../domain/regionEpochs.ts'
import type { Orm } from '../platform/postgres.ts'
import { within } from '../platform/within.ts'
import type { EpochRegister } from './agreeOnEpoch.ts'

/** A Postgres that hangs counts as away. Less than what a caller waits for an opening (Region.ts). */
const BOUND_MS = 500

/** The register of epochs in Postgres. */
export function epochRegister(orm: Orm): EpochRegister {
  return {
    read: (region, present) => within(BOUND_MS, readRegisteredEpoch(orm.em.fork(), region, present)),
    register: (region, before, marker, waits) =>
      within(BOUND_MS, registerEpoch(orm.em.fork(), { region, before, marker, waits })),
    lease: (region, marker, ms) => within(BOUND_MS, noteEpochLease(orm.em.fork(), { region, marker, ms })),
    holds: (head) => within(BOUND_MS, holdsEntry(orm.em.fork(), head)),
  }
}
