import type { Role } from '../api/types.ts'

/** What each role may do, as the api grants it (src/domain/keys/access.ts). */
export const roles: readonly { role: Role; label: string; sentence: string }[] = [
  {
    role: 'admin',
    label: 'Admin',
    sentence: 'Sees and manages everything: keys, alerts, channels, members and the audit log.',
  },
  {
    role: 'editor',
    label: 'Editor',
    sentence: 'Sees the plan, the names of keys and the usage; changes nothing.',
  },
  { role: 'viewer', label: 'Viewer', sentence: 'Sees the plan, its limits and the names of keys.' },
]

export const roleLabel = (role: Role) => roles.find((one) => one.role === role)?.label ?? role
