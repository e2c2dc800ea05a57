import { Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { client } from '../../api/client.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CommandNotice } from '../../components/CommandNotice.tsx'
import { DialogButtons } from '../../components/DialogButtons.tsx'
import { alertQuery, type Rule } from '../alerts/alertQueries.ts'

type Props = { rule: Rule; close: () => void }

/** Asks before a rule goes. */
export function DeleteAlert({ rule, close }: Props) {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const remove = useCommand(() => client.DELETE('/alerts/{id}', { params: { path: { id: rule.id } } }), {
    changes: ['alerts', 'notifications'],
    onDone: () => {
      notifications.show({ message: `${rule.name} is deleted.` })
      navigate('/alerts')
      queries.removeQueries({ queryKey: alertQuery(rule.id).queryKey })
    },
  })
  return (
    <Modal
      opened
      onClose={close}
      title={`Delete ${rule.name}?`}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          remove.run(undefined)
        }}
      >
        <Stack>
          <Text size="sm">
            Its incidents end without a message. To be left in peace for a while only, mute it or switch it
            off.
          </Text>
          <CommandNotice error={remove.error} operationId={remove.operationId} />
          <DialogButtons label="Delete the rule" isDangerous isPending={remove.isPending} onCancel={close} />
        </Stack>
      </form>
    </Modal>
  )
}
