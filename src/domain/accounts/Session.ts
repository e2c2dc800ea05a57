import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

export const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: {
    /** SHA-256 of the cookie's value. */
    digest: p.text().primary(),
    memberId: p.text(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
})

export type Session = InferEntity<typeof SessionSchema>
