import { userInfo } from 'node:os'

/** The login name of whoever runs this, for the audit log; `uid 10001` where the ID has no name. */
export function loginName(read: () => { username: string } = userInfo): string {
  try {
    return read().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
