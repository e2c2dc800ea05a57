import type { Role } from '../../session/useSession.ts'

/** What each role may do, as the api grants it (src/domain/keys/access.ts). */
export const roles: readonly { role: Role; label: string; sentence: string }[] = [
  {
    role: 'admin',
    label: 'Admin',
    sentence: 'Sees and manages everything: keys, alerts, channels, members and the audit log.',
  },
  { role: 'editor', label: 'Editor', sentence: 'Sees the plan and the usage, but no keys.' },
  { role: 'viewer', label: 'Viewer', sentence: 'Sees the plan and its limits only.' },
]

export const roleLabel = (role: Role) => roles.find((one) => one.role === role)?.label ?? role
