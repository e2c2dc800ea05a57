import { Button, Paper, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { alertsQuery } from '../../api/queries/alerts.ts'
import { channelsQuery } from '../../api/queries/channels.ts'
import { type NotificationFilter, notificationsQuery } from '../../api/queries/notifications.ts'
import { DataTable } from '../DataTable.tsx'
import { LoadError } from '../LoadError.tsx'
import classes from './NotificationLog.module.css'
import { NotificationRow } from './NotificationRow.tsx'

type Props = {
  filter: NotificationFilter
  /** Where there is none. */
  empty: string
}

/** Messages, newest first; each opens to its attempts. */
export function NotificationLog({ filter, empty }: Props) {
  const log = useInfiniteQuery(notificationsQuery(filter))
  const { data: channels } = useQuery(channelsQuery)
  const { data: alerts } = useQuery(alertsQuery)
  const channelOf = new Map(channels?.channels.map((channel) => [channel.id, channel]))
  const ruleNames = new Map(alerts?.alerts.map(({ id, name }) => [id, name]))
  // Rows name them: nothing is shown before that is known.
  const found = channels && alerts && log.data?.pages.flatMap(({ notifications }) => notifications)
  if (log.error && !found) return <LoadError error={log.error} onRetry={() => log.refetch()} />
  if (found?.length === 0)
    return (
      <Paper withBorder p="lg">
        <Text c="dimmed">{empty}</Text>
      </Paper>
    )
  return (
    <Stack gap="md">
      <Paper withBorder>
        <DataTable
          caption="Notifications, newest first"
          horizontalSpacing="md"
          className={classes.table}
          columns={[
            { label: 'Attempts', isHidden: true, className: classes.open },
            { label: 'Message' },
            { label: 'Channel', className: classes.channel },
            { label: 'Status', className: classes.status },
            { label: 'When', className: classes.when },
            { label: 'Send again', isHidden: true, className: classes.again },
          ]}
          rows={found}
          waiting={{ rows: 4, height: 28 }}
        >
          {(one) => (
            <NotificationRow
              notification={one}
              channel={channelOf.get(one.channelId)}
              ruleName={ruleNames.get(one.alertId ?? '')}
              isRuleKnown={filter.alertId !== undefined}
            />
          )}
        </DataTable>
      </Paper>
      {log.hasNextPage && (
        <Button
          variant="default"
          onClick={() => log.fetchNextPage()}
          loading={log.isFetchingNextPage}
          style={{ alignSelf: 'center' }}
        >
          Show earlier ones
        </Button>
      )}
    </Stack>
  )
}
