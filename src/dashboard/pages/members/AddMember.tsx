import { Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { client } from '../../api/client.ts'
import { fieldMessages } from '../../api/ProblemError.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CommandNotice } from '../../components/CommandNotice.tsx'
import { DialogButtons } from '../../components/DialogButtons.tsx'
import type { Role } from '../../session/useSession.ts'
import { CHANGES, checkPassword } from './memberFields.ts'
import { PasswordField } from './PasswordField.tsx'
import { RoleField } from './RoleField.tsx'

type Values = { email: string; name: string; role: Role; password: string }

/** The form of a new member, in a dialog. */
export function AddMember({ close }: { close: () => void }) {
  const form = useForm<Values>({
    initialValues: { email: '', name: '', role: 'viewer', password: '' },
    validate: {
      email: (email) => (email.includes('@') ? null : 'An email address, to sign in with.'),
      password: checkPassword,
    },
  })
  const add = useCommand(
    ({ email, name, ...rest }: Values, header) =>
      client.POST('/members', {
        params: { header },
        body: { ...rest, email: email.trim(), name: name.trim() || null },
      }),
    {
      changes: CHANGES,
      onDone: () => {
        notifications.show({ message: `${form.getValues().email.trim()} is a member now.` })
        close()
      },
      onError: (error) => form.setErrors(fieldMessages(error)),
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => add.run(values))} noValidate>
      <Stack>
        <TextInput
          label="Email"
          type="email"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('email')}
        />
        <TextInput label="Name (optional)" autoComplete="off" {...form.getInputProps('name')} />
        <RoleField {...form.getInputProps('role')} />
        <PasswordField label="Password" {...form.getInputProps('password')} />
        <CommandNotice error={add.error} operationId={add.operationId} />
        <DialogButtons label="Add the member" isPending={add.isPending} onCancel={close} />
      </Stack>
    </form>
  )
}
