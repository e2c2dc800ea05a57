/** What a verification's code says, for people. */
const REASONS: Record<string, string> = {
  NOT_FOUND: 'The key had been deleted',
  REVOKED: 'The key was revoked',
  EXPIRED: 'The key had expired',
  ACCOUNT_SUSPENDED: 'The account was suspended',
  FORBIDDEN: 'The key lacks the permission',
  IP_NOT_ALLOWED: 'The address is not allowed',
  RATE_LIMITED: 'Too many requests in a minute or a day',
  QUOTA_EXCEEDED: 'The test renders of the day were used up',
  PLAN_LIMIT_EXCEEDED: 'The plan’s renders of the month were used up',
}

export const reasonText = (code: string) => REASONS[code] ?? code

/** Codes and counts, the most frequent first. */
export const refusalsOf = (byCode: Record<string, number>) =>
  Object.entries(byCode)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one)
