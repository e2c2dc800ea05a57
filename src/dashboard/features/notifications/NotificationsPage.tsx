import { Button, Group, Select, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { alertsQuery } from '../../api/queries/alerts.ts'
import { channelsQuery } from '../../api/queries/channels.ts'
import type { NotificationFilter } from '../../api/queries/notifications.ts'
import { useMember } from '../../api/useSession.ts'
import { AdminsOnly } from '../../ui/AdminsOnly.tsx'
import { NotificationLog } from '../../ui/notifications/NotificationLog.tsx'
import { PageTitle } from '../../ui/PageTitle.tsx'

/** What was sent, to whom, and whether it arrived. */
export function NotificationsPage() {
  return useMember().role === 'admin' ? <Notifications /> : <AdminsOnly title="Notifications" />
}

const statuses = [
  { value: 'delivered', label: 'Delivered' },
  { value: 'pending', label: 'On its way' },
  { value: 'failed', label: 'Given up' },
]

function Notifications() {
  const [query, setQuery] = useSearchParams()
  const channels = useQuery(channelsQuery).data?.channels ?? []
  const alerts = useQuery(alertsQuery).data?.alerts ?? []
  const choose = (name: string) => (value: string | null) =>
    setQuery(
      (before) => {
        const after = new URLSearchParams(before)
        if (value === null) after.delete(name)
        else after.set(name, value)
        return after
      },
      { replace: true },
    )
  const field = (name: string) => ({
    value: query.get(name),
    onChange: choose(name),
    clearable: true,
    w: 200,
  })
  const options = (items: { id: string; name: string }[]) =>
    items.map(({ id, name }) => ({ value: id, label: name }))
  const status = statuses.find(({ value }) => value === query.get('status'))?.value
  const filter: NotificationFilter = {
    status: status as NotificationFilter['status'],
    channelId: query.get('channelId') ?? undefined,
    alertId: query.get('alertId') ?? undefined,
  }
  const isFiltered = status !== undefined || filter.channelId !== undefined || filter.alertId !== undefined
  return (
    <Stack gap="lg">
      <PageTitle
        title="Notifications"
        description="Every message of the last 90 days, with each attempt to deliver it."
      />
      <Group gap="sm" align="flex-end">
        <Select label="Status" placeholder="Any" data={statuses} {...field('status')} />
        <Select
          label="Channel"
          placeholder="Any"
          data={options(channels)}
          searchable
          {...field('channelId')}
        />
        <Select label="Rule" placeholder="Any" data={options(alerts)} searchable {...field('alertId')} />
        {isFiltered && (
          <Button variant="subtle" onClick={() => setQuery({}, { replace: true })}>
            Show all
          </Button>
        )}
      </Group>
      <NotificationLog
        filter={filter}
        empty={
          isFiltered
            ? 'No notifications match.'
            : 'Nothing has been sent yet. Messages appear here when a rule fires, or when you test a channel.'
        }
      />
    </Stack>
  )
}
