import { Skeleton, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from 'react-router'
import { client } from '../../../api/client.ts'
import { ProblemError } from '../../../api/ProblemError.ts'
import { alertQuery } from '../../../api/queries/alerts.ts'
import { useMember } from '../../../api/useSession.ts'
import { AdminsOnly } from '../../../ui/AdminsOnly.tsx'
import { BackLink } from '../../../ui/BackLink.tsx'
import { LoadError } from '../../../ui/LoadError.tsx'
import { NotFoundPage } from '../../../ui/NotFoundPage.tsx'
import { PageTitle } from '../../../ui/PageTitle.tsx'
import { changesOf, valuesOf } from '../ruleValues.ts'
import { RuleEditor } from './RuleEditor.tsx'

/** Edits a rule, by the form that adds one. */
export function EditAlertPage() {
  const { id = '' } = useParams()
  return useMember().role === 'admin' ? <EditAlert key={id} id={id} /> : <AdminsOnly title="Edit an alert" />
}

function EditAlert({ id }: { id: string }) {
  const navigate = useNavigate()
  const alert = useQuery(alertQuery(id))
  const back = `/alerts/${id}`
  if (alert.error instanceof ProblemError && alert.error.status === 404) return <NotFoundPage />
  return (
    <Stack gap="lg">
      <BackLink to={back} label={alert.data?.name ?? 'Alert'} />
      <PageTitle
        title={alert.data ? `Edit ${alert.data.name}` : 'Edit an alert'}
        description="Changing the condition closes the open incidents of the rule."
      />
      {alert.data ? (
        <RuleEditor
          initial={valuesOf(alert.data)}
          isSaved
          label="Save"
          back={back}
          send={(values) =>
            client.PATCH('/alerts/{id}', { params: { path: { id } }, body: changesOf(values) })
          }
          onDone={() => {
            notifications.show({ message: 'The rule is saved.' })
            navigate(back)
          }}
        />
      ) : alert.error ? (
        <LoadError error={alert.error} onRetry={() => alert.refetch()} />
      ) : (
        <Skeleton height={640} />
      )}
    </Stack>
  )
}
