import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { client } from '../../api/client.ts'
import { alertsQuery } from '../../api/queries/alerts.ts'
import type { Channel } from '../../api/types.ts'
import { useCommand } from '../../api/useCommand.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { listText } from '../../ui/format/listText.ts'

type Props = { channel: Channel; onClose: () => void }

/** Asks before a channel goes, and names the rules that it serves. */
export function DeleteChannel({ channel, onClose }: Props) {
  const { data } = useQuery(alertsQuery)
  const rules = (data?.alerts ?? []).filter(({ channelIds }) => channelIds.includes(channel.id))
  const remove = useCommand(() => client.DELETE('/channels/{id}', { params: { path: { id: channel.id } } }), {
    changes: ['channels', 'alerts', 'alert'],
    onDone: () => {
      notifications.show({ message: `${channel.name} is deleted.` })
      onClose()
    },
  })
  return (
    <ConfirmDialog
      title={`Delete ${channel.name}?`}
      command={remove}
      label="Delete the channel"
      onClose={onClose}
    >
      {rules.length === 0
        ? 'No alert rule uses it.'
        : `${listText(
            rules.slice(0, 5).map(({ name }) => name),
            'and',
          )} ${rules.length === 1 ? 'goes' : 'go'} on without it.`}{' '}
      Messages that have not reached it yet are dropped.
    </ConfirmDialog>
  )
}
