import { Group, Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { accountQuery, accountSeriesQuery } from '../../api/queries/usage.ts'
import { USAGE_RANGES } from '../../api/ranges.ts'
import { AsOf } from '../../charts/AsOf.tsx'
import { ChartCard } from '../../charts/ChartCard.tsx'
import { RangeSwitch } from '../../charts/RangeSwitch.tsx'
import { useRange } from '../../charts/useRange.ts'
import { shortText, wholeText } from '../../ui/format/formatNumber.ts'
import { LoadError } from '../../ui/LoadError.tsx'
import { PageTitle } from '../../ui/PageTitle.tsx'
import { DownloadCsv } from './DownloadCsv.tsx'
import { KeyTable } from './KeyTable.tsx'
import { PlanMeters } from './PlanMeters.tsx'
import { SumTiles } from './SumTiles.tsx'
import { UnusedAccount } from './UnusedAccount.tsx'
import { UsageSkeleton } from './UsageSkeleton.tsx'
import { keyPoints, keySeries, sumByKey, totalOf, usageSentence } from './usageByKey.ts'

const requests = [{ name: 'requests', label: 'All keys' }]

/** Both parts come at once: neither pushes the other down when it arrives late. */
export function AccountUsage() {
  const [range, setRange] = useRange(USAGE_RANGES)
  const account = useQuery(accountQuery)
  const usage = useQuery(accountSeriesQuery(range))
  const shown = useMemo(() => {
    if (!usage.data) return undefined
    const keys = sumByKey(usage.data.series)
    const points = keyPoints(usage.data, keys)
    return { keys, points, series: keySeries(keys), summary: usageSentence(usage.data, keys, points) }
  }, [usage.data])

  const failed = [account, usage].find(({ error, data }) => error && data === undefined)
  if (failed)
    return (
      <Stack>
        <PageTitle title="Usage" />
        <LoadError error={failed.error} onRetry={() => Promise.all([account.refetch(), usage.refetch()])} />
      </Stack>
    )
  if (!account.data || !usage.data || !shown) return <UsageSkeleton />
  return (
    <Stack>
      <PageTitle title="Usage" description="What the account’s API keys are used for." />
      <PlanMeters account={account.data} />
      <Group justify="space-between" mt="xs">
        <div>
          <Title order={2} size="h4">
            Requests
          </Title>
          <AsOf at={usage.data.asOf} />
        </div>
        <Group gap="sm">
          <RangeSwitch names={USAGE_RANGES} value={range} onChange={setRange} />
          <DownloadCsv series={usage.data} />
        </Group>
      </Group>
      <SumTiles sums={totalOf(shown.keys)} />
      {shown.keys.length === 0 ? (
        <UnusedAccount range={usage.data.range} />
      ) : (
        <>
          <ChartCard
            title="Requests by key"
            kind="bars"
            summary={shown.summary}
            series={shown.series}
            totals={requests}
            points={shown.points}
            interval={usage.data.interval}
            format={wholeText}
            shortFormat={shortText}
            isStale={usage.isPlaceholderData}
          />
          <KeyTable keys={shown.keys} range={usage.data.range} />
        </>
      )}
    </Stack>
  )
}
