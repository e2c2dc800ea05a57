import { Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconClock } from '@tabler/icons-react'
import type { Channel } from '../../api/types.ts'
import { StatusBadge } from '../../ui/StatusBadge.tsx'
import { TimeText } from '../../ui/TimeText.tsx'

const looks = {
  verified: { label: 'Verified', tone: 'good', icon: IconCircleCheck },
  waiting: { label: 'Not verified yet', tone: 'waiting', icon: IconClock },
  disabled: { label: 'Disabled', tone: 'bad', icon: IconCircleX },
} as const

/** Whether a channel gets alerts, and if not, why and what to do. */
export function ChannelStatus({ channel }: { channel: Channel }) {
  const { verified, disabled, disabledReason, failingSince, type } = channel
  const { label, tone, icon } = looks[disabled ? 'disabled' : verified ? 'verified' : 'waiting']
  return (
    <Stack gap={4} align="flex-start">
      <StatusBadge tone={tone} icon={icon}>
        {label}
      </StatusBadge>
      {disabled && (
        <Text size="xs">
          {disabledReason ?? 'Messages to it failed.'} Fix it, then send a test message: it switches the
          channel on again.
        </Text>
      )}
      {!disabled && !verified && (
        <Text size="xs" c="dimmed">
          {type === 'email'
            ? 'Waiting for somebody to follow the link in the email.'
            : 'Waiting for the test message to arrive.'}
        </Text>
      )}
      {!disabled && failingSince !== null && (
        <Text size="xs">
          Failing since <TimeText at={failingSince} inherit />
        </Text>
      )}
    </Stack>
  )
}
