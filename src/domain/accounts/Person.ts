import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/**
 * Somebody who signs in, with a password that they set themselves by a link to this address, or when they accepted an
 * invitation. It opens every account in which they have accepted to be a member.
 */
export const PersonSchema = defineEntity({
  name: 'Person',
  tableName: 'person',
  properties: {
    id: p.text().primary(),
    email: p.text(),
    /** argon2id, PHC string. */
    passwordHash: p.text().hidden(),
    createdAt: p.datetime(),
  },
})

export type Person = InferEntity<typeof PersonSchema>
