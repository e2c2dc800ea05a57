import { Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { client } from '../../api/client.ts'
import type { Channel } from '../../api/types.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CommandNotice } from '../../ui/CommandNotice.tsx'
import { targetErrors } from '../../ui/channels/AddChannel.tsx'
import { channelTypes } from '../../ui/channels/channelTypes.ts'
import { DialogButtons } from '../../ui/DialogButtons.tsx'

type Props = { channel: Channel; onClose: () => void }

/** Renames a channel, or changes its address. */
export function EditChannel({ channel, onClose }: Props) {
  const { field, fieldLabel } = channelTypes[channel.type]
  const current = channel.to ?? channel.url ?? ''
  const form = useForm({
    initialValues: { name: channel.name, target: current },
    validate: {
      name: (name) => (name.trim() === '' ? 'Give the channel a name' : null),
      target: (target) =>
        target.trim() === '' ? `Enter ${field === 'to' ? 'an email address' : 'a URL'}` : null,
    },
  })
  const isMoved = form.values.target.trim() !== current
  const save = useCommand(
    ({ name, target }: { name: string; target: string }) =>
      client.PATCH('/channels/{id}', {
        params: { path: { id: channel.id } },
        body: { name: name.trim(), ...(isMoved ? { [field]: target.trim() } : {}) },
      }),
    {
      changes: ['channels'],
      onDone: () => {
        notifications.show({
          message: isMoved ? `${channel.name} has a new address, which is verified again.` : 'Saved.',
        })
        onClose()
      },
      onError: (error) => form.setErrors(targetErrors(error, field)),
    },
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Edit ${channel.name}`}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={form.onSubmit((values) => save.run(values))} noValidate>
        <Stack>
          <TextInput
            label="Name"
            maxLength={100}
            autoComplete="off"
            data-autofocus
            {...form.getInputProps('name')}
          />
          <TextInput
            label={fieldLabel}
            description={
              channel.type === 'slack'
                ? 'The current URL is kept secret. Enter a new one, or leave this empty.'
                : 'A new address must be verified before it receives alerts.'
            }
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('target')}
          />
          <CommandNotice error={save.error} operationId={save.operationId} />
          <DialogButtons label="Save" isPending={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}
