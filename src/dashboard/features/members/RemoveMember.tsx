import { notifications } from '@mantine/notifications'
import { client } from '../../api/client.ts'
import { memberTopics } from '../../api/queries/members.ts'
import type { Member } from '../../api/types.ts'
import { useCommand } from '../../api/useCommand.ts'
import { useMember } from '../../api/useSession.ts'
import { ConfirmForm } from '../../ui/ConfirmForm.tsx'
import { nameOf } from './memberName.ts'

/** Asks before a member is removed. What they have made stays. */
export function RemoveMember({ member, onClose }: { member: Member; onClose: () => void }) {
  const isMine = useMember().id === member.id
  const remove = useCommand(() => client.DELETE('/members/{id}', { params: { path: { id: member.id } } }), {
    changes: memberTopics,
    onDone: () => {
      notifications.show({ message: `${nameOf(member)} was removed.` })
      onClose()
    },
  })
  return (
    <ConfirmForm command={remove} label="Remove" onClose={onClose}>
      {isMine ? 'This is you: you are' : `${nameOf(member)} (${member.email}) is`} signed out at once and
      cannot sign in any more. Keys that {isMine ? 'you' : 'they'} created stay valid.
    </ConfirmForm>
  )
}
