import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

export const ROLES = ['admin', 'editor', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const MEMBER_STATUSES = ['active', 'invited'] as const
export type MemberStatus = (typeof MEMBER_STATUSES)[number]

export const MemberSchema = defineEntity({
  name: 'Member',
  tableName: 'member',
  properties: {
    id: p.text().primary(),
    accountId: p.text(),
    email: p.text(),
    name: p.text().nullable(),
    role: p.text().$type<Role>(),
    /** argon2id, PHC string. It opens this account alone; a member who has a person signs in with that one's. */
    passwordHash: p.text().hidden(),
    createdAt: p.datetime(),
    personId: p.text().nullable(),
    /** Who is invited holds nothing and cannot sign in. */
    status: p.text().$type<MemberStatus>().default('active'),
  },
})

export type Member = InferEntity<typeof MemberSchema>
