import { hash } from 'node:crypto'

/** No caller's ID begins with it. */
const CLAIMED = '\0\0'

/** An ID that is claimed as this one, and says nothing else. */
export const claimedId = (id: string): string => `${CLAIMED}${claimIdOf(id)}`

/** The 128-bit form in which an event's id is remembered: the first half of its SHA-256, as a UUID. */
export function claimIdOf(id: string): string {
  if (id.startsWith(CLAIMED)) return id.slice(CLAIMED.length)
  const hex = hash('sha256', id, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
