import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { PlanLimits } from '../accounts/plans.ts'

/**
 * How far a change of limits has come. Accounts get it in the order of their IDs, a page after the other; a page is a
 * command of its own, which is done when every region has it.
 */
export type PlanChange = {
  /** The command that waits for the end. */
  commandId: string
  /** The command of the current page. */
  pageId: string | null
  /** The last account that a page has taken. */
  cursor: string
  /** Accounts of pages that every region has, of how many there were at the start. */
  done: number
  total: number
  /** Accounts of the current page; fewer than a whole page end the change. */
  taken: number | null
}

export const PlanSchema = defineEntity({
  name: 'Plan',
  tableName: 'plan',
  properties: {
    name: p.text().primary(),
    /** Its display name. */
    label: p.text(),
    /** Plans are listed by it, lowest first. */
    place: p.integer(),
    limits: p.json().$type<PlanLimits>(),
    /** Grows by one with every edit. */
    version: p.integer(),
    /** A change of limits that not every account has yet. */
    change: p.json().$type<PlanChange>().nullable(),
    createdAt: p.datetime(),
  },
})

export type Plan = InferEntity<typeof PlanSchema>
