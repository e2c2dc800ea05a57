import { userInfo } from 'node:os'

/** The login name of whoever runs this, for the audit log. In a container a user ID need not have a name: `uid 10001`. */
export function loginName(read: () => { username: string } = userInfo): string {
  try {
    return read().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
