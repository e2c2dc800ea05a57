import { readRegisteredEpoch, registerEpoch } from '../domain/regionEpochs.ts'
import type { Orm } from '../platform/postgres.ts'
import type { EpochRegister } from './agreeOnEpoch.ts'

/** A Postgres that hangs counts as away. Less than what a caller waits for an opening (Region.ts). */
const BOUND_MS = 500

/** The register of epochs in Postgres. */
export function epochRegister(orm: Orm): EpochRegister {
  return {
    read: (region, present) => inTime(readRegisteredEpoch(orm.em.fork(), region, present)),
    register: (region, before, marker) => inTime(registerEpoch(orm.em.fork(), { region, before, marker })),
  }
}

async function inTime<Value>(task: Promise<Value>): Promise<Value> {
  let bound: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    bound = setTimeout(() => reject(new Error('Postgres does not answer.')), BOUND_MS)
  })
  return Promise.race([task, late]).finally(() => clearTimeout(bound))
}
