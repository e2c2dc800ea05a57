import type { EventRow } from './presentEvent.ts'

/**
 * An event as its own account may see it: without the company's ID of the account and what the company keeps about it.
 * The actor is what the account's audit log shows, too.
 */
export function accountEvent(row: EventRow): EventRow {
  const { account, ...rest } = row.data
  if (!account) return row
  const { externalId: _id, metadata: _metadata, ...facts } = account as Record<string, unknown>
  return { ...row, data: { account: facts, ...rest } }
}
