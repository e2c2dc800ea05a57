import { Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ProblemError } from '../../../api/ProblemError.ts'
import { keyChangesQuery } from '../../../api/queries/audit.ts'
import { keyNameQuery, keyQuery } from '../../../api/queries/keys.ts'
import { keyCallersQuery, keySeriesQuery, keyUsageQuery } from '../../../api/queries/usage.ts'
import { KEY_RANGES } from '../../../api/ranges.ts'
import { AsOf } from '../../../charts/AsOf.tsx'
import { RangeSwitch } from '../../../charts/RangeSwitch.tsx'
import { useRange } from '../../../charts/useRange.ts'
import { BackLink } from '../../../ui/BackLink.tsx'
import { LoadError } from '../../../ui/LoadError.tsx'
import { PageTitle } from '../../../ui/PageTitle.tsx'
import { CallersCard } from './CallersCard.tsx'
import { ChangesCard } from './ChangesCard.tsx'
import { KeyActions } from './KeyActions.tsx'
import { KeyCharts } from './KeyCharts.tsx'
import { KeyFacts } from './KeyFacts.tsx'
import { KeyHeader } from './KeyHeader.tsx'
import { KeySkeleton } from './KeySkeleton.tsx'
import { RefusalsCard } from './RefusalsCard.tsx'
import { UnusedKey } from './UnusedKey.tsx'
import { UsageTiles } from './UsageTiles.tsx'

type Props = { id: string; isAdmin: boolean }

/** All parts come at once: none pushes another down when it arrives late. */
export function KeyDetail({ id, isAdmin }: Props) {
  const [range, setRange] = useRange(KEY_RANGES)
  const key = useQuery({ ...keyQuery(id), enabled: isAdmin })
  const name = useQuery({ ...keyNameQuery(id), enabled: !isAdmin })
  const usage = useQuery(keyUsageQuery(id))
  const series = useQuery(keySeriesQuery(id, range))
  const callers = useQuery({ ...keyCallersQuery(id, range), enabled: isAdmin })
  const changes = useQuery({ ...keyChangesQuery(id), enabled: isAdmin })
  const all = [usage, series, ...(isAdmin ? [key, callers, changes] : [name])]

  // What is shown stays when one reading of many fails.
  const failed = all.find(({ error, data }) => error && (data === undefined || isGone(error)))
  if (failed && isGone(failed.error)) return <UnknownKey />
  const retry = () => Promise.all(all.map(({ refetch }) => refetch()))
  if (failed)
    return (
      <Frame>
        <PageTitle title="API key" />
        <LoadError error={failed.error} onRetry={retry} />
      </Frame>
    )
  const isWaiting = isAdmin ? !key.data || !callers.data || !changes.data : name.isPending
  if (!usage.data || !series.data || isWaiting) return <KeySkeleton isAdmin={isAdmin} />
  const isStale = series.isPlaceholderData
  const longest = usage.data.windows['30d']
  const isUnused = longest.requests + longest.refused === 0
  return (
    <Frame>
      <KeyHeader
        id={id}
        apiKey={key.data ?? name.data}
        actions={key.data && <KeyActions apiKey={key.data} />}
      />
      {key.data && <KeyFacts apiKey={key.data} />}
      <Group justify="space-between" mt="xs">
        <div>
          <Title order={2} size="h4">
            Usage
          </Title>
          <AsOf at={usage.data.asOf} />
        </div>
        <RangeSwitch names={KEY_RANGES} value={range} onChange={setRange} />
      </Group>
      <UsageTiles usage={usage.data} />
      {isUnused ? (
        <UnusedKey />
      ) : (
        <>
          <KeyCharts series={series.data} usage={usage.data} isStale={isStale} />
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <RefusalsCard range={series.data.range} window={usage.data.windows[series.data.range]} />
            {callers.data && <CallersCard callers={callers.data} />}
          </SimpleGrid>
        </>
      )}
      {changes.data && <ChangesCard keyId={id} entries={changes.data.entries} />}
    </Frame>
  )
}

const isGone = (error: unknown) => error instanceof ProblemError && error.status === 404

function Frame({ children }: { children: ReactNode }) {
  return (
    <Stack>
      <BackLink to="/keys" label="API keys" />
      {children}
    </Stack>
  )
}

function UnknownKey() {
  return (
    <Frame>
      <PageTitle title="API key not found" />
      <Text>
        It was deleted, or the URL is wrong. Its changes stay in the audit log, and its requests in the usage
        of the account.
      </Text>
    </Frame>
  )
}
