import { Anchor, Group, Stack, Title } from '@mantine/core'
import { Link } from 'react-router'
import { NotificationLog } from '../../../ui/notifications/NotificationLog.tsx'

/** The latest messages of a rule. */
export function Deliveries({ alertId }: { alertId: string }) {
  return (
    <Stack gap="sm" component="section" aria-labelledby="deliveries">
      <Group justify="space-between">
        <Title order={2} size="h4" id="deliveries">
          Messages
        </Title>
        <Anchor component={Link} to={`/notifications?alertId=${alertId}`} size="sm">
          All of them
        </Anchor>
      </Group>
      <NotificationLog filter={{ alertId, limit: 10 }} empty="It has not notified anyone yet." />
    </Stack>
  )
}
