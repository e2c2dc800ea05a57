import { Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { client } from '../../api/client.ts'
import { fieldMessages } from '../../api/ProblemError.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CommandNotice } from '../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../ui/DialogButtons.tsx'
import { checkPassword, passwordHint } from '../../ui/passwordRule.ts'

/** One's own password, for every role. It takes the current one: an unlocked screen is not enough. */
export function OwnPassword({ onClose }: { onClose: () => void }) {
  const form = useForm({
    initialValues: { currentPassword: '', password: '' },
    validate: {
      currentPassword: (given) => (given === '' ? 'Enter your current password.' : null),
      password: checkPassword,
    },
  })
  const change = useCommand((body: typeof form.values) => client.PATCH('/session', { body }), {
    changes: ['session'],
    onDone: () => {
      notifications.show({ message: 'Your password was changed. Sign in with it.' })
      onClose()
    },
    onError: (error) => form.setErrors(fieldMessages(error)),
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title="Change your password"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={form.onSubmit((values) => change.run(values))} noValidate>
        <Stack>
          <Text size="sm">You are signed out everywhere, including here.</Text>
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            {...form.getInputProps('currentPassword')}
          />
          <PasswordInput
            label="New password"
            description={passwordHint}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <CommandNotice error={change.error} operationId={change.operationId} />
          <DialogButtons label="Change the password" isPending={change.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}
