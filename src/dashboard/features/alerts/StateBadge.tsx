import {
  IconAlertTriangle,
  IconBellOff,
  IconCircleCheck,
  IconHourglass,
  IconPlayerPause,
} from '@tabler/icons-react'
import { StatusBadge } from '../../ui/StatusBadge.tsx'

type State = 'ok' | 'pending' | 'firing'

type Props = { state: State; enabled?: boolean; mutedUntil?: string | null }

const looks = {
  ok: { label: 'OK', tone: 'good', icon: IconCircleCheck },
  pending: { label: 'Pending', tone: 'waiting', icon: IconHourglass },
  firing: { label: 'Firing', tone: 'bad', icon: IconAlertTriangle },
  off: { label: 'Off', tone: 'off', icon: IconPlayerPause },
} as const

export const isMuted = (mutedUntil: string | null | undefined) =>
  mutedUntil != null && Date.parse(mutedUntil) > Date.now()

/** What a rule is in. */
export function StateBadge({ state, enabled = true, mutedUntil }: Props) {
  const { label, tone, icon } = looks[enabled ? state : 'off']
  const muted = enabled && isMuted(mutedUntil)
  return (
    <StatusBadge
      tone={tone}
      icon={icon}
      isLoud={tone === 'bad'}
      mark={muted ? <IconBellOff size={13} role="img" aria-label="muted" /> : undefined}
    >
      {label}
    </StatusBadge>
  )
}
