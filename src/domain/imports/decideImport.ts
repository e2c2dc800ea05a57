import type { Account } from '../accounts/Account.ts'
import type { PlanLimits } from '../accounts/plans.ts'
import { Failure } from '../failure.ts'
import { roomFor } from '../keys/keyRules.ts'
import type { ImportRecord, LineError } from './outcome.ts'

export type KnownDigests = {
  /** Of keys that this account has, in whatever state. */
  own: ReadonlySet<string>
  /** Of keys of other accounts, of keys that were deleted, and of service tokens; free ones are not among them. */
  taken: ReadonlySet<string>
}

export type Places = {
  plan: string
  limits: PlanLimits
  /** Active keys that there are, and that earlier parts of a dry run would have made. */
  used: { live: number; test: number }
}

export type ImportDecision = { take: ImportRecord[]; unchanged: number; errors: LineError[] }

/** Decides line by line, first come first served: one that is refused does not stop the others. */
export function decideImport(records: ImportRecord[], known: KnownDigests, places: Places): ImportDecision {
  const used = { ...places.used }
  const decision: ImportDecision = { take: [], unchanged: 0, errors: [] }
  for (const record of records) {
    if (known.own.has(record.digest)) decision.unchanged += 1
    else if (known.taken.has(record.digest)) decision.errors.push(notImportable(record.line))
    else {
      const refusal = roomFor(places.plan, places.limits, record.type, used[record.type])
      if (refusal) decision.errors.push(limitReached(record, refusal))
      else {
        used[record.type] += 1
        decision.take.push(record)
      }
    }
  }
  return decision
}

/** One answer for every cause: an account does not learn what another one has. */
export function notImportable(line: number): LineError {
  return {
    line,
    field: 'hash',
    message:
      'cannot be imported: it is not free. If the key is yours, ask the operator of this service to move it to your account; else rotate it where it comes from, and import the new one.',
    code: 'hash-not-importable',
  }
}

/** Throws Failure `imports-not-allowed`. */
export function requireImportsAllowed(account: Account): void {
  if (account.importsAllowed) return
  const detail = `Importing keys is switched off for this account. The operator of this service can allow it: bin/keys imports allow ${account.id}`
  throw new Failure('imports-not-allowed', { detail })
}

/** For a place that came free while the import was under way. */
export function noPlaceYet({ line, type }: ImportRecord): LineError {
  const message = `no room for a ${type} key when the import began. Send the file again.`
  return { line, field: 'type', message, code: 'key-limit-reached' }
}

function limitReached({ line, type }: ImportRecord, detail: string): LineError {
  return { line, field: 'type', message: `no room for a ${type} key. ${detail}`, code: 'key-limit-reached' }
}
