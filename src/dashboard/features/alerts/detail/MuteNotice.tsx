import { Alert, Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconBellOff } from '@tabler/icons-react'
import { client } from '../../../api/client.ts'
import { messageOf } from '../../../api/ProblemError.ts'
import type { Rule } from '../../../api/types.ts'
import { useCommand } from '../../../api/useCommand.ts'
import { instantText } from '../../../ui/format/formatTime.ts'
import { isMuted } from '../StateBadge.tsx'

/** Says until when a rule is muted, and ends that. */
export function MuteNotice({ rule }: { rule: Rule }) {
  const end = useCommand(
    () => client.POST('/alerts/{id}/mute', { params: { path: { id: rule.id } }, body: { until: null } }),
    {
      changes: ['alerts', 'alert'],
      onDone: () => notifications.show({ message: `${rule.name} sends notifications again.` }),
      onError: (error) => notifications.show({ color: 'red', title: rule.name, message: messageOf(error) }),
    },
  )
  if (rule.mutedUntil === null || !isMuted(rule.mutedUntil)) return null
  return (
    <Alert color="gray" icon={<IconBellOff size={18} aria-hidden />} role="status" p="sm">
      <Group justify="space-between" gap="sm">
        <Text size="sm">Muted until {instantText(rule.mutedUntil)}: nobody is notified.</Text>
        <Button size="xs" variant="default" loading={end.isPending} onClick={() => end.run(undefined)}>
          End now
        </Button>
      </Group>
    </Alert>
  )
}
