import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useIsGuest } from '../../api/useSession.ts'

export type MemberAction = 'edit' | 'invite' | 'password' | 'remove'

type Props = { name: string; isInvited: boolean; onChoose: (action: MemberAction) => void }

/** What can be done with a member. Guests set no passwords. */
export function MemberMenu({ name, isInvited, onChoose }: Props) {
  const isGuest = useIsGuest()
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Actions for ${name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onChoose('edit')}>Change name or role</Menu.Item>
        {isInvited && <Menu.Item onClick={() => onChoose('invite')}>Send the invitation again</Menu.Item>}
        {!isGuest && (
          <Menu.Item onClick={() => onChoose('password')}>
            {isInvited ? 'Set a password' : 'Change password'}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item color="red" onClick={() => onChoose('remove')}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
