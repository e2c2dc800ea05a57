import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { CustomLimits } from './plans.ts'

export const AccountSchema = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    /** The company's own ID of the account; unique. */
    externalId: p.text().nullable(),
    plan: p.text(),
    customLimits: p.json().$type<CustomLimits>(),
    /** Grows by one with every change of plan, limits or status, and of its plan's limits; verifiers compare it. */
    version: p.integer(),
    createdAt: p.datetime(),
    /** Free-form facts, for the company. */
    metadata: p
      .json()
      .$type<Record<string, unknown>>()
      .onCreate(() => ({})),
    /** Whether its own admins may import keys; operators always may. */
    importsAllowed: p.boolean().default(true),
    /** null: not suspended. */
    suspendedAt: p.datetime().nullable(),
    suspendedReason: p.text().nullable(),
    /** null: it is not being erased. */
    erasingAt: p.datetime().nullable(),
    /** Of the last suspension that is over: alert rules rested then. */
    lastSuspendedAt: p.datetime().nullable(),
    lastResumedAt: p.datetime().nullable(),
  },
})

export type Account = InferEntity<typeof AccountSchema>
