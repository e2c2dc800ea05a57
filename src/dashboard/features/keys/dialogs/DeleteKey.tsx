import { notifications } from '@mantine/notifications'
import { useNavigate } from 'react-router'
import { client } from '../../../api/client.ts'
import { keyTopics } from '../../../api/queries/keys.ts'
import type { DialogKey } from '../../../api/types.ts'
import { useCommand } from '../../../api/useCommand.ts'
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx'

type Props = { apiKey: DialogKey; onClose: () => void }

/** Asks before a revoked key leaves the list for good. */
export function DeleteKey({ apiKey, onClose }: Props) {
  const navigate = useNavigate()
  const remove = useCommand(() => client.DELETE('/api-keys/{id}', { params: { path: { id: apiKey.id } } }), {
    changes: keyTopics,
    onDone: () => {
      notifications.show({ message: `${apiKey.name} was deleted.` })
      onClose()
      // From the key's own page, too, which is gone with it.
      void navigate('/keys')
    },
  })
  return (
    <ConfirmDialog title={`Delete ${apiKey.name}?`} command={remove} label="Delete" onClose={onClose}>
      It is revoked and no longer works. Deleting removes it from the list, and its page with its usage. The
      audit log keeps what was done with it.
    </ConfirmDialog>
  )
}
