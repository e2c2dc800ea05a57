import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { FailureCode, FailureDetails } from '../failure.ts'

/**
 * Who asked, and from where. `id` is a key's, a member's, a guest's session's, an operator token's, or the operator's
 * login name. Of a guest, `madeBy` made the session link, and said that `email` opens it.
 */
export type Actor = {
  type: 'api_key' | 'member' | 'guest' | 'operator_token' | 'operator' | 'system'
  id: string
  madeBy?: string
  email?: string
  ip?: string
  requestId?: string
}

/** Whether the company itself asks, and no one of an account. */
export const isCompany = ({ type }: Actor): boolean => type === 'operator' || type === 'operator_token'

/**
 * Whose state every region must learn. A row of an older release has no `serviceTokenIds`. `repeats`: the ID of the
 * journal's entry, where all that the command ends had ended before it.
 */
export type Propagated = {
  keyIds: string[]
  accountIds: string[]
  serviceTokenIds?: string[]
  repeats?: string
}

/**
 * A change asked for: first a row, then a job that carries its id. `pending` → `applied` (committed in
 * Postgres, on its way to the regions) → `succeeded`; or `pending` → `failed`.
 */
export const CommandSchema = defineEntity({
  name: 'Command',
  tableName: 'command',
  properties: {
    id: p.text().primary(),
    accountId: p.text().nullable(),
    kind: p.text(),
    targetId: p.text().nullable(),
    /** `{}` once the command is applied or has failed: it carries digests and password hashes. */
    payload: p.json().$type<unknown>(),
    actor: p.json().$type<Actor>(),
    /** What the actor must still hold when the command is applied; null asks only that they still exist. */
    permission: p.text().nullable(),
    status: p.text().$type<'pending' | 'applied' | 'succeeded' | 'failed'>(),
    result: p.json().$type<Record<string, unknown>>().nullable(),
    problem: p.json().$type<{ code: FailureCode; details: FailureDetails }>().nullable(),
    idempotencyHash: p.text().nullable(),
    requestHash: p.text().nullable(),
    sealedSecret: p.text().nullable(),
    /** Whose state every region must learn before the command is done. */
    propagate: p.json().$type<Propagated>().nullable(),
    /** The channel of the process that waits for the outcome. */
    replyTo: p.text().nullable(),
    createdAt: p.datetime(),
    appliedAt: p.datetime().nullable(),
    finishedAt: p.datetime().nullable(),
    /** When the sweeper may enqueue it again, and how often it has. */
    sweepAt: p.datetime(),
    sweeps: p.integer(),
    /** Failed tries, and when the first was. `isHopeless` decides by both. */
    tries: p.integer().default(0),
    failingSince: p.datetime().nullable(),
  },
})

export type Command = InferEntity<typeof CommandSchema>
