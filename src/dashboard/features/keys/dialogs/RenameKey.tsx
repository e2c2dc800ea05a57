import { Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { client } from '../../../api/client.ts'
import { fieldMessages } from '../../../api/ProblemError.ts'
import { keyTopics } from '../../../api/queries/keys.ts'
import type { DialogKey } from '../../../api/types.ts'
import { useCommand } from '../../../api/useCommand.ts'
import { CommandNotice } from '../../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../../ui/DialogButtons.tsx'

type Props = { apiKey: DialogKey; onClose: () => void }

/** Gives a key another name. Nothing else of it changes. */
export function RenameKey({ apiKey, onClose }: Props) {
  const form = useForm({ initialValues: { name: apiKey.name } })
  const rename = useCommand(
    (body: { name: string }) => client.PATCH('/api-keys/{id}', { params: { path: { id: apiKey.id } }, body }),
    {
      changes: keyTopics,
      onDone: () => {
        notifications.show({ message: `The key is now called ${form.getValues().name}.` })
        onClose()
      },
      onError: (error) => form.setErrors(fieldMessages(error)),
    },
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Rename ${apiKey.name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      centered
    >
      <form onSubmit={form.onSubmit((values) => rename.run(values))} noValidate>
        <Stack>
          <TextInput label="Name" autoComplete="off" data-autofocus {...form.getInputProps('name')} />
          <CommandNotice error={rename.error} operationId={rename.operationId} />
          <DialogButtons label="Save" isPending={rename.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}
