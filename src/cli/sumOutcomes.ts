import { boundErrors, type ImportOutcome } from '../domain/imports/outcome.ts'

type Total = Omit<ImportOutcome, 'keys'>

/** Adds up what became of the parts of a file. */
export function sumOutcomes(dryRun: boolean) {
  const outcome: Total = {
    dryRun,
    total: 0,
    imported: 0,
    unchanged: 0,
    failed: 0,
    errors: [],
    furtherErrors: 0,
  }
  return {
    outcome,
    add: (part: ImportOutcome): void => {
      for (const name of ['total', 'imported', 'unchanged', 'failed'] as const) outcome[name] += part[name]
      Object.assign(
        outcome,
        boundErrors([...outcome.errors, ...part.errors], outcome.furtherErrors + part.furtherErrors),
      )
    },
  }
}
