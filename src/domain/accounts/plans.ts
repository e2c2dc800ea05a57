/** `null` is unlimited. `rendersHard`: the month's limit refuses; else more renders count as overage. */
export type PlanLimits = {
  liveKeys: number | null
  testKeys: number | null
  requestsPerMinute: number | null
  requestsPerDay: number | null
  rendersPerMonth: number | null
  rendersHard: boolean
}

/** Renders a test key gets in one UTC day, on any plan. */
export const TEST_RENDERS_PER_DAY = 100

/** Limits set on one account; they take the place of the plan's. */
export type CustomLimits = Partial<PlanLimits>

/** The limits of an account: its own, else its plan's. */
export const limitsOf = (plan: PlanLimits, custom: CustomLimits): PlanLimits => ({ ...plan, ...custom })
