import { Button, Paper, Skeleton, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { alertsQuery, channelsQuery } from '../../api/queries/alerts.ts'
import { type Filter, notificationsQuery } from '../../api/queries/notifications.ts'
import cards from '../DataTable.module.css'
import { LoadError } from '../LoadError.tsx'
import classes from './NotificationLog.module.css'
import { NotificationRow } from './NotificationRow.tsx'

type Props = {
  filter: Filter
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
  if (log.error && !found) return <LoadError error={log.error} retry={() => log.refetch()} />
  if (found?.length === 0)
    return (
      <Paper withBorder p="lg">
        <Text c="dimmed">{empty}</Text>
      </Paper>
    )
  return (
    <Stack gap="md">
      <Paper withBorder>
        <Table
          verticalSpacing="sm"
          horizontalSpacing="md"
          className={`${cards.table} ${classes.table}`}
          aria-busy={!found}
        >
          <Table.Caption className={cards.caption}>Notifications, newest first</Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" className={classes.open}>
                <VisuallyHidden>Attempts</VisuallyHidden>
              </Table.Th>
              <Table.Th scope="col">Message</Table.Th>
              <Table.Th scope="col" className={classes.channel}>
                Channel
              </Table.Th>
              <Table.Th scope="col" className={classes.status}>
                Status
              </Table.Th>
              <Table.Th scope="col" className={classes.when}>
                When
              </Table.Th>
              <Table.Th scope="col" className={classes.again}>
                <VisuallyHidden>Send again</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found?.map((one) => (
              <NotificationRow
                key={one.id}
                notification={one}
                channel={channelOf.get(one.channelId)}
                ruleName={ruleNames.get(one.alertId ?? '')}
                isRuleKnown={filter.alertId !== undefined}
              />
            )) ?? <Waiting />}
          </Table.Tbody>
        </Table>
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

function Waiting() {
  return [1, 2, 3, 4].map((row) => (
    <Table.Tr key={row}>
      <Table.Td colSpan={6}>
        <Skeleton height={28} />
      </Table.Td>
    </Table.Tr>
  ))
}
