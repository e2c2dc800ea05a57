import { Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { client } from '../../api/client.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CommandNotice } from '../../components/CommandNotice.tsx'
import { DialogButtons } from '../../components/DialogButtons.tsx'
import { alertsQuery, type Channel } from '../alerts/alertQueries.ts'
import { list } from '../alerts/ruleSentence.ts'

type Props = { channel: Channel; close: () => void }

/** Asks before a channel goes, and names the rules that it serves. */
export function DeleteChannel({ channel, close }: Props) {
  const { data } = useQuery(alertsQuery)
  const rules = (data?.alerts ?? []).filter(({ channelIds }) => channelIds.includes(channel.id))
  const remove = useCommand(() => client.DELETE('/channels/{id}', { params: { path: { id: channel.id } } }), {
    changes: ['channels', 'alerts', 'alert'],
    onDone: () => {
      notifications.show({ message: `${channel.name} is deleted.` })
      close()
    },
  })
  return (
    <Modal
      opened
      onClose={close}
      title={`Delete ${channel.name}?`}
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
            {rules.length === 0
              ? 'No alert rule uses it.'
              : `${list(
                  rules.slice(0, 5).map(({ name }) => name),
                  'and',
                )} ${rules.length === 1 ? 'goes' : 'go'} on without it.`}{' '}
            Messages that are still on their way to it are given up.
          </Text>
          <CommandNotice error={remove.error} operationId={remove.operationId} />
          <DialogButtons
            label="Delete the channel"
            isDangerous
            isPending={remove.isPending}
            onCancel={close}
          />
        </Stack>
      </form>
    </Modal>
  )
}
