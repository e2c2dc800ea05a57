import { Badge } from '@mantine/core'
import {
  IconAlertTriangle,
  IconBellOff,
  IconCircleCheck,
  IconHourglass,
  IconPlayerPause,
} from '@tabler/icons-react'

type State = 'ok' | 'pending' | 'firing'

type Props = { state: State; enabled?: boolean; mutedUntil?: string | null }

const looks = {
  ok: { label: 'OK', colour: 'green', icon: IconCircleCheck },
  pending: { label: 'Pending', colour: 'yellow', icon: IconHourglass },
  firing: { label: 'Firing', colour: 'red', icon: IconAlertTriangle },
  off: { label: 'Off', colour: 'gray', icon: IconPlayerPause },
} as const

export const isMuted = (mutedUntil: string | null | undefined) =>
  mutedUntil != null && Date.parse(mutedUntil) > Date.now()

/** What a rule is in, by word, icon and colour. */
export function StateBadge({ state, enabled = true, mutedUntil }: Props) {
  const { label, colour, icon: Icon } = looks[enabled ? state : 'off']
  const muted = enabled && isMuted(mutedUntil)
  return (
    <Badge
      variant={label === 'Firing' ? 'filled' : 'light'}
      color={colour}
      tt="none"
      leftSection={<Icon size={13} aria-hidden />}
      rightSection={muted ? <IconBellOff size={13} role="img" aria-label="muted" /> : undefined}
    >
      {label}
    </Badge>
  )
}
