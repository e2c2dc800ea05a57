import { Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { client } from '../../api/client.ts'
import { memberTopics } from '../../api/queries/members.ts'
import { resultOf } from '../../api/runCommand.ts'
import type { Member } from '../../api/types.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CommandNotice } from '../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../ui/DialogButtons.tsx'
import { nameOf } from './memberName.ts'

/** Another link for who has not accepted yet. */
export function InviteAgain({ member, onClose }: { member: Member; onClose: () => void }) {
  const invite = useCommand(
    (_: undefined, header) =>
      client.POST('/members/{id}/invite', { params: { path: { id: member.id }, header } }),
    {
      changes: memberTopics,
      onDone: (outcome) => {
        const { invitation } = resultOf(outcome)
        notifications.show({
          message: invitation?.emailed
            ? `A new invitation is on its way to ${member.email}.`
            : 'This service sends no email. Its operator shows the link with bin/keys member invite-link.',
        })
        onClose()
      },
    },
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        invite.run(undefined)
      }}
    >
      <Stack>
        <Text size="sm">
          {nameOf(member)} gets another link, which is valid for seven days. The previous link ends.
        </Text>
        <CommandNotice error={invite.error} operationId={invite.operationId} />
        <DialogButtons label="Send it again" isPending={invite.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}
