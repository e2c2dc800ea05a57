import { z } from 'zod'
import { MEMBER_STATUSES, type Member, ROLES } from './Member.ts'

export const MemberResource = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string().nullable(),
    role: z.enum(ROLES),
    status: z.enum(MEMBER_STATUSES),
    createdAt: z.string(),
  })
  .meta({ id: 'Member' })

export function presentMember(member: Member): z.infer<typeof MemberResource> {
  return {
    id: member.id,
    email: member.email,
    name: member.name ?? null,
    role: member.role,
    status: member.status,
    createdAt: member.createdAt.toISOString(),
  }
}
