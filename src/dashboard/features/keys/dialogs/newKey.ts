import { DAY_MS } from '../../../api/time.ts'
import type { Access } from '../../../api/types.ts'

export const accesses: { value: Access; label: string; description: string }[] = [
  { value: 'full', label: 'Full', description: 'Renders, and reads what was rendered and used.' },
  { value: 'read_only', label: 'Read-only', description: 'Reads, and changes nothing. For analytics, say.' },
  {
    value: 'admin',
    label: 'Admin',
    description: 'Manages keys, alerts and members, too. For your own automation.',
  },
]

/** Days from now; none: never. */
export const expiries = [
  { value: '', label: 'Never' },
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
]

export const expiryOf = (days: string, now: number): string | null =>
  days === '' ? null : new Date(now + Number(days) * DAY_MS).toISOString()
