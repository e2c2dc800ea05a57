import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { Channel } from '../../api/types.ts'

export type ChannelAction = 'test' | 'edit' | 'rotate' | 'delete'

type Props = { channel: Channel; onChoose: (action: ChannelAction) => void }

/** What can be done with a channel. */
export function ChannelMenu({ channel, onChoose }: Props) {
  const { type, verified, name } = channel
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Actions for ${name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onChoose('test')}>
          {type === 'email' && !verified ? 'Send the link again' : 'Send a test message'}
        </Menu.Item>
        <Menu.Item onClick={() => onChoose('edit')}>Edit</Menu.Item>
        {type === 'webhook' && (
          <Menu.Item onClick={() => onChoose('rotate')}>Rotate signing secret</Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item color="red" onClick={() => onChoose('delete')}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
