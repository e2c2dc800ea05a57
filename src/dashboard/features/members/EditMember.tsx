import { Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useNavigate } from 'react-router'
import { client } from '../../api/client.ts'
import { fieldMessages } from '../../api/ProblemError.ts'
import { memberTopics } from '../../api/queries/members.ts'
import type { Member, Role } from '../../api/types.ts'
import { useCommand } from '../../api/useCommand.ts'
import { useMember } from '../../api/useSession.ts'
import { CommandNotice } from '../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../ui/DialogButtons.tsx'
import { nameOf } from './memberName.ts'
import { RoleField } from './RoleField.tsx'

type Values = { name: string; role: Role }

/** A member's name and role. Who gives up the admin's role leaves this page for one that they may see. */
export function EditMember({ member, onClose }: { member: Member; onClose: () => void }) {
  const me = useMember()
  const navigate = useNavigate()
  const form = useForm<Values>({ initialValues: { name: member.name ?? '', role: member.role } })
  const edit = useCommand(
    ({ name, role }: Values) =>
      client.PATCH('/members/{id}', {
        params: { path: { id: member.id } },
        body: { role, name: name.trim() || null },
      }),
    {
      changes: memberTopics,
      onDone: () => {
        notifications.show({ message: `${nameOf(member)} was changed.` })
        onClose()
        if (member.id === me.id && form.getValues().role !== 'admin') void navigate('/keys')
      },
      onError: (error) => form.setErrors(fieldMessages(error)),
    },
  )
  return (
    <form onSubmit={form.onSubmit((values) => edit.run(values))} noValidate>
      <Stack>
        <TextInput label="Name" autoComplete="off" data-autofocus {...form.getInputProps('name')} />
        <RoleField {...form.getInputProps('role')} />
        <CommandNotice error={edit.error} operationId={edit.operationId} />
        <DialogButtons label="Save" isPending={edit.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}
