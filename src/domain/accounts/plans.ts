/** `null` is unlimited. `rendersHard`: the month's limit refuses; else more renders count as overage. */
export type PlanLimits = {
  liveKeys: number | null
  testKeys: number | null
  requestsPerMinute: number | null
  requestsPerDay: number | null
  rendersPerMonth: number | null
  rendersHard: boolean
}

export const PLANS = ['free', 'pro', 'business', 'enterprise'] as const
export type Plan = (typeof PLANS)[number]

/** Renders a test key gets in one UTC day, on any plan. */
export const TEST_RENDERS_PER_DAY = 100

const table: Record<Plan, PlanLimits> = {
  free: {
    liveKeys: 2,
    testKeys: 5,
    requestsPerMinute: 60,
    requestsPerDay: 1_000,
    rendersPerMonth: 100,
    rendersHard: true,
  },
  pro: {
    liveKeys: 10,
    testKeys: 10,
    requestsPerMinute: 300,
    requestsPerDay: 10_000,
    rendersPerMonth: 5_000,
    rendersHard: false,
  },
  business: {
    liveKeys: 50,
    testKeys: 50,
    requestsPerMinute: 1_000,
    requestsPerDay: 100_000,
    rendersPerMonth: 50_000,
    rendersHard: false,
  },
  enterprise: {
    liveKeys: null,
    testKeys: null,
    requestsPerMinute: null,
    requestsPerDay: null,
    rendersPerMonth: null,
    rendersHard: false,
  },
}

/** Limits set on one account; they take the place of the plan's. */
export type CustomLimits = Partial<PlanLimits>

/** The limits of an account: its own, else its plan's. */
export function limitsOf(plan: Plan, custom: CustomLimits): PlanLimits {
  return { ...table[plan], ...custom }
}
