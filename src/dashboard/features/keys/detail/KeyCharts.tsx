import { SimpleGrid, Stack } from '@mantine/core'
import { useMemo } from 'react'
import type { KeySeries } from '../../../api/queries/usage.ts'
import type { KeyUsage } from '../../../api/types.ts'
import { ChartCard } from '../../../charts/ChartCard.tsx'
import { durationText, percentText, shortText, wholeText } from '../../../ui/format/formatNumber.ts'
import {
  errorPoints,
  errorSentence,
  errorSeries,
  latencyPoints,
  latencySentence,
  latencySeries,
  outcomePoints,
  outcomeSeries,
  requestsSentence,
} from './keyCharts.ts'

type Props = { series: KeySeries; usage: KeyUsage; isStale: boolean }

const requests = [{ name: 'requests', label: 'Requests' }]

/** Requests by outcome, error rate and latency of one range. */
export function KeyCharts({ series, usage, isStale }: Props) {
  const window = usage.windows[series.range]
  const points = useMemo(
    () => ({
      outcomes: outcomePoints(series.series),
      errors: errorPoints(series.series),
      latencies: latencyPoints(series.series),
    }),
    [series.series],
  )
  const shared = { interval: series.interval, isStale }
  return (
    <Stack>
      <ChartCard
        {...shared}
        title="Requests"
        kind="bars"
        summary={requestsSentence(window, series)}
        series={outcomeSeries}
        totals={requests}
        points={points.outcomes}
        format={wholeText}
        shortFormat={shortText}
      />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <ChartCard
          {...shared}
          title="Error rate"
          kind="lines"
          summary={errorSentence(window, series)}
          series={errorSeries}
          points={points.errors}
          format={percentText}
        />
        <ChartCard
          {...shared}
          title="Latency"
          kind="lines"
          summary={latencySentence(window, series)}
          series={latencySeries}
          points={points.latencies}
          format={durationText}
        />
      </SimpleGrid>
    </Stack>
  )
}
