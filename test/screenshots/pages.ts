import type { Page } from 'playwright-core'
import type { Seeded } from './seed.ts'

export type Picture = {
  /** Of the files: `keys-light.png`, `keys-dark.png`, `keys-phone.png`. */
  name: string
  path: string
  /** Who looks; a member unless told. */
  as?: 'nobody' | 'operator'
  /** What is to be seen before the picture is taken. */
  shows: (page: Page) => Promise<unknown>
}

const heading = (name: string | RegExp) => (page: Page) =>
  page.getByRole('heading', { level: 1, name }).waitFor()

/** Every page of the dashboard, and the operators' one. A new page belongs here. */
export const pagesOf = ({ keyId, alertId }: Seeded): Picture[] => [
  { name: 'sign-in', path: '/dashboard', as: 'nobody', shows: heading('Sign in') },
  { name: 'keys', path: '/dashboard/keys', shows: heading('API Keys') },
  { name: 'key', path: `/dashboard/keys/${keyId}`, shows: heading(/./) },
  { name: 'usage', path: '/dashboard/usage', shows: heading('Usage') },
  { name: 'alerts', path: '/dashboard/alerts', shows: heading('Alerts') },
  { name: 'alert', path: `/dashboard/alerts/${alertId}`, shows: heading(/./) },
  { name: 'channels', path: '/dashboard/channels', shows: heading('Channels') },
  { name: 'notifications', path: '/dashboard/notifications', shows: heading('Notifications') },
  { name: 'members', path: '/dashboard/members', shows: heading('Members') },
  { name: 'audit-log', path: '/dashboard/audit-log', shows: heading('Audit log') },
  { name: 'operators', path: '/admin', as: 'operator', shows: heading('Pictify Keys for operators') },
]
