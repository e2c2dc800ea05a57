import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

export const ROLES = ['admin', 'editor', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const MemberSchema = defineEntity({
  name: 'Member',
  tableName: 'member',
  properties: {
    id: p.text().primary(),
    accountId: p.text(),
    email: p.text(),
    name: p.text().nullable(),
    role: p.text().$type<Role>(),
    /** argon2id, PHC string. */
    passwordHash: p.text().hidden(),
    createdAt: p.datetime(),
  },
})

export type Member = InferEntity<typeof MemberSchema>
