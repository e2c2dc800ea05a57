import { Badge } from '@mantine/core'
import { IconBan, IconCheck, IconClockOff } from '@tabler/icons-react'
import type { ApiKey } from '../../api/types.ts'
import { StatusBadge as Status } from '../../ui/StatusBadge.tsx'

const statuses = {
  active: { tone: 'good', icon: IconCheck, word: 'Active' },
  revoked: { tone: 'bad', icon: IconBan, word: 'Revoked' },
  expired: { tone: 'off', icon: IconClockOff, word: 'Expired' },
} as const

export function StatusBadge({ status }: Pick<ApiKey, 'status'>) {
  const { word, ...looks } = statuses[status]
  return <Status {...looks}>{word}</Status>
}

export function TypeBadge({ type }: Pick<ApiKey, 'type'>) {
  return (
    <Badge variant="default" tt="none">
      {type === 'live' ? 'Live' : 'Test'}
    </Badge>
  )
}
