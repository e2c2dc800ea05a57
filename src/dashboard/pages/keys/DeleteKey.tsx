import { Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useNavigate } from 'react-router'
import { client } from '../../api/client.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CommandNotice } from '../../components/CommandNotice.tsx'
import { DialogButtons } from '../../components/DialogButtons.tsx'
import { CHANGES, type KeyFacts } from './keyList.ts'

type Props = { apiKey: KeyFacts; close: () => void }

/** Asks before a revoked key leaves the list for good. */
export function DeleteKey({ apiKey, close }: Props) {
  const navigate = useNavigate()
  const remove = useCommand(() => client.DELETE('/api-keys/{id}', { params: { path: { id: apiKey.id } } }), {
    changes: CHANGES,
    onDone: () => {
      notifications.show({ message: `${apiKey.name} was deleted.` })
      close()
      // From the key's own page, too, which is gone with it.
      void navigate('/keys')
    },
  })
  return (
    <Modal
      opened
      onClose={close}
      title={`Delete ${apiKey.name}?`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      centered
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          remove.run(undefined)
        }}
      >
        <Stack>
          <Text size="sm">
            It is revoked and no longer works. Deleting removes it from the list, and its page with its usage.
            The audit log keeps what was done with it.
          </Text>
          <CommandNotice error={remove.error} operationId={remove.operationId} />
          <DialogButtons label="Delete" isDangerous isPending={remove.isPending} onCancel={close} />
        </Stack>
      </form>
    </Modal>
  )
}
