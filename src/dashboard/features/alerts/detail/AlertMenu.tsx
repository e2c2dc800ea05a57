import { ActionIcon, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDots } from '@tabler/icons-react'
import { useState } from 'react'
import { client } from '../../../api/client.ts'
import { messageOf } from '../../../api/ProblemError.ts'
import { resultOf } from '../../../api/runCommand.ts'
import type { Rule } from '../../../api/types.ts'
import { useCommand } from '../../../api/useCommand.ts'
import { DeleteAlert } from './DeleteAlert.tsx'

type Props = { rule: Rule; onMute: () => void }

/** What can be done with a rule beside editing it. */
export function AlertMenu({ rule, onMute }: Props) {
  const [isDeleting, setDeleting] = useState(false)
  const test = useCommand(
    (_: undefined, header) => client.POST('/alerts/{id}/test', { params: { path: { id: rule.id }, header } }),
    {
      changes: ['notifications'],
      onDone: (outcome) => {
        const count = resultOf(outcome).notificationIds?.length ?? 0
        notifications.show({
          message:
            count === 0
              ? 'Nothing was sent: the rule has no verified channel.'
              : `A sample was sent to ${count === 1 ? 'one channel' : `${count} channels`}. See the messages below.`,
        })
      },
      onError: (error) => notifications.show({ color: 'red', title: 'Not sent', message: messageOf(error) }),
    },
  )
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions" loading={test.isPending}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => test.run(undefined)}>Send a sample</Menu.Item>
          <Menu.Item onClick={onMute}>Mute</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" onClick={() => setDeleting(true)}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isDeleting && <DeleteAlert rule={rule} onClose={() => setDeleting(false)} />}
    </>
  )
}
