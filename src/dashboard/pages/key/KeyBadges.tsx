import { Badge } from '@mantine/core'
import type { ApiKey } from './keyQueries.ts'

const statuses = {
  active: { label: 'Active', color: 'green' },
  revoked: { label: 'Revoked', color: 'red' },
  expired: { label: 'Expired', color: 'gray' },
} as const

/** Sentence case and dark text: 4.5 and more in both schemes. */
const shape = { tt: 'none', variant: 'light', autoContrast: true, fw: 600, radius: 'sm' } as const

export function StatusBadge({ status }: { status: ApiKey['status'] }) {
  const { label, color } = statuses[status]
  return (
    <Badge
      {...shape}
      color={color}
      c={`light-dark(var(--mantine-color-${color}-9), var(--mantine-color-${color}-2))`}
    >
      {label}
    </Badge>
  )
}

export function TypeBadge({ type }: { type: ApiKey['type'] }) {
  return (
    <Badge {...shape} variant="default">
      {type === 'live' ? 'Live' : 'Test'}
    </Badge>
  )
}
