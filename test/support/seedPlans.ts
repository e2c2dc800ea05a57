import type { PlanLimits } from '../../src/domain/accounts/plans.ts'

const limits = (
  liveKeys: number | null,
  testKeys: number | null,
  requestsPerMinute: number | null,
  requestsPerDay: number | null,
  rendersPerMonth: number | null,
  rendersHard: boolean,
): PlanLimits => ({ liveKeys, testKeys, requestsPerMinute, requestsPerDay, rendersPerMonth, rendersHard })

/** The plans that every database begins with, as the docs have them. */
export const SEED_PLANS = {
  free: limits(2, 5, 60, 1_000, 100, true),
  pro: limits(10, 10, 300, 10_000, 5_000, false),
  business: limits(50, 50, 1_000, 100_000, 50_000, false),
  enterprise: limits(null, null, null, null, null, false),
}
