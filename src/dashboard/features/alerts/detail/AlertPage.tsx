import { Button, Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearchParams } from 'react-router'
import { ProblemError } from '../../../api/ProblemError.ts'
import { alertQuery } from '../../../api/queries/alerts.ts'
import { channelsQuery } from '../../../api/queries/channels.ts'
import type { RuleWithStates } from '../../../api/types.ts'
import { useMember } from '../../../api/useSession.ts'
import { AdminsOnly } from '../../../ui/AdminsOnly.tsx'
import { BackLink } from '../../../ui/BackLink.tsx'
import { LoadError } from '../../../ui/LoadError.tsx'
import { NotFoundPage } from '../../../ui/NotFoundPage.tsx'
import { PageTitle } from '../../../ui/PageTitle.tsx'
import { EnabledSwitch } from '../EnabledSwitch.tsx'
import { factsOfRule, ruleSentence } from '../ruleSentence.ts'
import { useKeyNames } from '../useKeyNames.ts'
import { AlertMenu } from './AlertMenu.tsx'
import { Deliveries } from './Deliveries.tsx'
import { Incidents } from './Incidents.tsx'
import { MuteDialog } from './MuteDialog.tsx'
import { MuteNotice } from './MuteNotice.tsx'
import { StatesCard } from './StatesCard.tsx'

/** One rule: what it is in, what it has found, and whom it has notified. */
export function AlertPage() {
  const { id = '' } = useParams()
  return useMember().role === 'admin' ? <LoadedAlert key={id} id={id} /> : <AdminsOnly title="Alert" />
}

function LoadedAlert({ id }: { id: string }) {
  const alert = useQuery(alertQuery(id))
  if (alert.data) return <Alert rule={alert.data} />
  if (alert.error instanceof ProblemError && alert.error.status === 404) return <NotFoundPage />
  return (
    <Stack gap="lg">
      <BackLink to="/alerts" label="Alerts" />
      <PageTitle title="Alert" />
      {alert.error ? (
        <LoadError error={alert.error} onRetry={() => alert.refetch()} />
      ) : (
        <Skeleton height={420} />
      )}
    </Stack>
  )
}

function Alert({ rule }: { rule: RuleWithStates }) {
  const [query, setQuery] = useSearchParams()
  const keyIds = 'keyIds' in rule.scope ? rule.scope.keyIds : []
  const nameOf = useKeyNames([...keyIds, ...rule.states.flatMap(({ keyId }) => keyId ?? [])])
  const channels = useQuery(channelsQuery).data?.channels ?? []
  // Messages lead here with `?mute`.
  const showMute = (shown: boolean) => setQuery(shown ? { mute: '' } : {}, { replace: true })
  return (
    <Stack gap="lg">
      <BackLink to="/alerts" label="Alerts" />
      <PageTitle title={rule.name}>
        <EnabledSwitch rule={rule} label={rule.enabled ? 'On' : 'Off'} />
        <Button component={Link} to={`/alerts/${rule.id}/edit`} variant="default">
          Edit
        </Button>
        <AlertMenu rule={rule} onMute={() => showMute(true)} />
      </PageTitle>
      <MuteNotice rule={rule} />
      <StatesCard rule={rule} nameOf={nameOf} sentence={ruleSentence(factsOfRule(rule, nameOf, channels))} />
      <Incidents rule={rule} />
      <Deliveries alertId={rule.id} />
      {query.has('mute') && <MuteDialog rule={rule} onClose={() => showMute(false)} />}
    </Stack>
  )
}
