import type { paths } from '../../api/schema.d.ts'

export type Member =
  paths['/members']['get']['responses']['200']['content']['application/json']['members'][number]

/** Queries that a change of members makes old. The session says who is signed in, and as what. */
export const CHANGES = ['members', 'session', 'audit-log']

export const nameOf = ({ name, email }: Pick<Member, 'name' | 'email'>) => name ?? email

/** As the api has them. */
const PASSWORD_MIN = 10
export const passwordHint = `At least ${PASSWORD_MIN} characters.`

export const checkPassword = (password: string) => (password.length < PASSWORD_MIN ? passwordHint : null)

/** Twenty characters of 62: 119 random bits. */
export function randomPassword(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  const password: string[] = []
  while (password.length < 20) {
    // 248 is the last multiple of 62: above it some letters would come more often.
    for (const byte of crypto.getRandomValues(new Uint8Array(20)))
      if (byte < 248) password.push(letters.charAt(byte % 62))
  }
  return password.slice(0, 20).join('')
}
