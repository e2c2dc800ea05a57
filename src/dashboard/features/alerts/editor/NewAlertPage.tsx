import { Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useNavigate, useSearchParams } from 'react-router'
import { client } from '../../../api/client.ts'
import type { Metric } from '../../../api/types.ts'
import { useMember } from '../../../api/useSession.ts'
import { AdminsOnly } from '../../../ui/AdminsOnly.tsx'
import { BackLink } from '../../../ui/BackLink.tsx'
import { PageTitle } from '../../../ui/PageTitle.tsx'
import { metrics } from '../metrics.ts'
import { freshValues, newRuleOf } from '../ruleValues.ts'
import { RuleEditor } from './RuleEditor.tsx'

/** Adds a rule; `?metric=` says what it begins with. */
export function NewAlertPage() {
  return useMember().role === 'admin' ? <NewAlert /> : <AdminsOnly title="Add an alert" />
}

function NewAlert() {
  const navigate = useNavigate()
  const [query] = useSearchParams()
  const asked = query.get('metric') ?? ''
  const metric = Object.hasOwn(metrics, asked) ? (asked as Metric) : 'error_rate'
  return (
    <Stack gap="lg">
      <BackLink to="/alerts" label="Alerts" />
      <PageTitle
        title="Add an alert"
        description="What to watch, when it is too much, and who is notified."
      />
      <RuleEditor
        key={metric}
        initial={freshValues(metric)}
        isSaved={false}
        label="Add Alert"
        back="/alerts"
        send={(values, header) => client.POST('/alerts', { body: newRuleOf(values), params: { header } })}
        onDone={(id) => {
          notifications.show({ message: 'The rule is saved. It is first evaluated within a minute.' })
          navigate(id === undefined ? '/alerts' : `/alerts/${id}`)
        }}
      />
    </Stack>
  )
}
