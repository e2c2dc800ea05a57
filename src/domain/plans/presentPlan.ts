import { z } from 'zod'
import { Limits } from '../accounts/presentAccount.ts'
import type { Plan } from './Plan.ts'

/** A plan as operators see it. */
export const PlanResource = z
  .object({
    name: z.string(),
    label: z.string().describe('Its display name'),
    limits: Limits,
    accounts: z.int().describe('How many accounts are on it'),
    order: z.int().describe('Plans are listed by it, lowest first'),
  })
  .meta({ id: 'Plan' })

export const presentPlan = (
  { name, label, limits, place }: Pick<Plan, 'name' | 'label' | 'limits' | 'place'>,
  accounts: number,
): z.infer<typeof PlanResource> => ({ name, label, limits, accounts, order: place })
