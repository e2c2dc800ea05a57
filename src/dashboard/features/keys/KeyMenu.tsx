import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { DialogKey } from '../../api/types.ts'
import type { KeyAction } from './dialogs/KeyDialog.tsx'

type Props = { apiKey: DialogKey; onChoose: (action: KeyAction) => void }

/** What can be done with a key. What cannot be done now is there and says why. */
export function KeyMenu({ apiKey, onChoose }: Props) {
  const isActive = apiKey.status === 'active'
  const isRevoked = apiKey.status === 'revoked'
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Actions for ${apiKey.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onChoose('rename')}>Rename</Menu.Item>
        {isActive && <Menu.Item onClick={() => onChoose('rotate')}>Rotate</Menu.Item>}
        <Menu.Divider />
        {!isRevoked && (
          <Menu.Item color="red" onClick={() => onChoose('revoke')}>
            Revoke
          </Menu.Item>
        )}
        <Menu.Item color="red" disabled={!isRevoked} onClick={() => onChoose('delete')}>
          {isRevoked ? 'Delete' : 'Delete (revoke first)'}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
