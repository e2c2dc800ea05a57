/**
 * What came of one attempt to deliver. `detail` is for the account's admins: what the receiver said, or what went
 * wrong.
 */
export type Outcome = {
  outcome: 'delivered' | 'refused' | 'timeout' | 'unreachable' | 'rejected' | 'gone'
  /** The HTTP or SMTP status. */
  status?: number
  detail?: string
  /** How long the receiver asks to be left alone. */
  retryAfterMs?: number
}

const LONGEST_DETAIL = 500

/** What a receiver said, as it may be stored: one line, 500 characters at most. */
export function snippet(text: string): string | undefined {
  const plain = text
    .replace(/[\p{Cc}\p{Cs}\uFFFD\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_DETAIL)
  return plain === '' ? undefined : plain
}
