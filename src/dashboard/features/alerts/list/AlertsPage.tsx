import { Button, Paper, Stack } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { alertsQuery } from '../../../api/queries/alerts.ts'
import { useMember } from '../../../api/useSession.ts'
import { AdminsOnly } from '../../../ui/AdminsOnly.tsx'
import { LoadError } from '../../../ui/LoadError.tsx'
import { PageTitle } from '../../../ui/PageTitle.tsx'
import { AlertsTable } from './AlertsTable.tsx'
import { StartingPoints } from './StartingPoints.tsx'

/** The account's alert rules, and what each of them is in. */
export function AlertsPage() {
  return useMember().role === 'admin' ? <Alerts /> : <AdminsOnly title="Alerts" />
}

function Alerts() {
  const alerts = useQuery(alertsQuery)
  const isEmpty = alerts.data?.alerts.length === 0
  return (
    <Stack gap="lg">
      <PageTitle
        title="Alerts"
        description="What is watched, and who is notified when something looks wrong. Rules are evaluated as usage arrives, and every 30 seconds."
      >
        <Button component={Link} to="/alerts/new" leftSection={<IconPlus size={16} aria-hidden />}>
          Add Alert
        </Button>
      </PageTitle>
      {alerts.error ? (
        <LoadError error={alerts.error} onRetry={() => alerts.refetch()} />
      ) : isEmpty ? (
        <StartingPoints />
      ) : (
        <Paper withBorder>
          <AlertsTable alerts={alerts.data?.alerts} />
        </Paper>
      )}
    </Stack>
  )
}
