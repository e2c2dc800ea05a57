import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { client } from '../../api/client.ts'
import { fieldMessages } from '../../api/ProblemError.ts'
import { memberTopics } from '../../api/queries/members.ts'
import { resultOf } from '../../api/runCommand.ts'
import type { Role } from '../../api/types.ts'
import { useCommand } from '../../api/useCommand.ts'
import { useIsGuest } from '../../api/useSession.ts'
import { CommandNotice } from '../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../ui/DialogButtons.tsx'
import { RoleField } from './RoleField.tsx'

type Values = { email: string; name: string; role: Role }

/** The form that invites a member, in a dialog. Where the service sends no email it says what to do instead. */
export function AddMember({ onClose }: { onClose: () => void }) {
  const [isUnsent, setUnsent] = useState(false)
  const form = useForm<Values>({
    initialValues: { email: '', name: '', role: 'viewer' },
    validate: { email: (email) => (email.includes('@') ? null : 'Enter an email address to sign in with.') },
  })
  const add = useCommand(
    ({ email, name, role }: Values, header) =>
      client.POST('/members', {
        params: { header },
        body: { role, email: email.trim(), name: name.trim() || null },
      }),
    {
      changes: memberTopics,
      onDone: (outcome) => {
        const { invitation } = resultOf(outcome)
        if (invitation?.emailed === false) return setUnsent(true)
        notifications.show({ message: `An invitation is on its way to ${form.getValues().email.trim()}.` })
        onClose()
      },
      onError: (error) => form.setErrors(fieldMessages(error)),
    },
  )
  if (isUnsent) return <NotSent email={form.getValues().email.trim()} onClose={onClose} />
  return (
    <form onSubmit={form.onSubmit((values) => add.run(values))} noValidate>
      <Stack>
        <TextInput
          label="Email"
          description="They get a link to join. It is valid for seven days."
          type="email"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('email')}
        />
        <TextInput label="Name (optional)" autoComplete="off" {...form.getInputProps('name')} />
        <RoleField {...form.getInputProps('role')} />
        <CommandNotice error={add.error} operationId={add.operationId} />
        <DialogButtons label="Invite" isPending={add.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}

function NotSent({ email, onClose }: { email: string; onClose: () => void }) {
  const isGuest = useIsGuest()
  return (
    <Stack>
      <Text size="sm" role="alert">
        {email} is invited, but this service sends no email. Its operator shows the link with{' '}
        <Code>bin/keys member invite-link</Code>.
        {!isGuest && ' Or set a password for them, in their menu, and pass it on.'}
      </Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  )
}
