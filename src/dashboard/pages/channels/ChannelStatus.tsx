import { Badge, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconClock } from '@tabler/icons-react'
import { TimeText } from '../../components/TimeText.tsx'
import type { Channel } from '../alerts/alertQueries.ts'

const looks = {
  verified: { label: 'Verified', colour: 'green', icon: IconCircleCheck },
  waiting: { label: 'Not verified yet', colour: 'yellow', icon: IconClock },
  disabled: { label: 'Disabled', colour: 'red', icon: IconCircleX },
} as const

/** Whether a channel gets alerts, and if not, why and what to do. */
export function ChannelStatus({ channel }: { channel: Channel }) {
  const { verified, disabled, disabledReason, failingSince, type } = channel
  const { label, colour, icon: Icon } = looks[disabled ? 'disabled' : verified ? 'verified' : 'waiting']
  return (
    <Stack gap={4} align="flex-start">
      <Badge variant="light" color={colour} tt="none" leftSection={<Icon size={13} aria-hidden />}>
        {label}
      </Badge>
      {disabled && (
        <Text size="xs">
          {disabledReason ?? 'It did not take its messages.'} Repair it, then send a test message: it switches
          the channel on again.
        </Text>
      )}
      {!disabled && !verified && (
        <Text size="xs" c="dimmed">
          {type === 'email'
            ? 'Waits for the link in its email to be followed.'
            : 'Waits for its test message to arrive.'}
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
