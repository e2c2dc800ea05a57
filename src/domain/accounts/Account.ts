import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { CustomLimits, Plan } from './plans.ts'

export const AccountSchema = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    /** The company's own ID of the account; unique. */
    externalId: p.text().nullable(),
    plan: p.text().$type<Plan>(),
    customLimits: p.json().$type<CustomLimits>(),
    /** Grows by one with every change of plan or limits; verifiers compare it. */
    version: p.integer(),
    createdAt: p.datetime(),
    /** Free-form facts, for the company. */
    metadata: p
      .json()
      .$type<Record<string, unknown>>()
      .onCreate(() => ({})),
    /** Whether its own admins may import keys; operators always may. */
    importsAllowed: p.boolean().default(true),
  },
})

export type Account = InferEntity<typeof AccountSchema>
