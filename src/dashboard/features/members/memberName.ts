import type { Member } from '../../api/types.ts'

export const nameOf = ({ name, email }: Pick<Member, 'name' | 'email'>) => name ?? email
