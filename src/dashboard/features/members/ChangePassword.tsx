import { Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { client } from '../../api/client.ts'
import { fieldMessages } from '../../api/ProblemError.ts'
import { memberTopics } from '../../api/queries/members.ts'
import type { Member } from '../../api/types.ts'
import { useCommand } from '../../api/useCommand.ts'
import { useMember } from '../../api/useSession.ts'
import { CommandNotice } from '../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../ui/DialogButtons.tsx'
import { checkPassword } from '../../ui/passwordRule.ts'
import { nameOf } from './memberName.ts'
import { PasswordField } from './PasswordField.tsx'

/** A new password for a member, which signs them out everywhere: here, too, when it is one's own. */
export function ChangePassword({ member, onClose }: { member: Member; onClose: () => void }) {
  const isMine = useMember().id === member.id
  const form = useForm({ initialValues: { password: '' }, validate: { password: checkPassword } })
  const change = useCommand(
    (body: { password: string }) =>
      client.PATCH('/members/{id}', { params: { path: { id: member.id } }, body }),
    {
      changes: memberTopics,
      onDone: () => {
        notifications.show({
          message: isMine
            ? 'Your password was changed. Sign in with it.'
            : `The password of ${nameOf(member)} was changed.`,
        })
        onClose()
      },
      onError: (error) => form.setErrors(fieldMessages(error)),
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => change.run(values))} noValidate>
      <Stack>
        <Text size="sm">
          {isMine
            ? 'You are signed out everywhere, including here.'
            : `${nameOf(member)} is signed out everywhere.`}
        </Text>
        <PasswordField label="New password" {...form.getInputProps('password')} />
        <CommandNotice error={change.error} operationId={change.operationId} />
        <DialogButtons label="Change the password" isPending={change.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}
