import { Button, Paper, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { lazy, Suspense, useId } from 'react'
import { ChartTable } from './ChartTable.tsx'
import classes from './charts.module.css'
import { Mark } from './Mark.tsx'
import type { ChartProps, Series } from './Series.ts'

/** Charts are the heaviest part of the dashboard: they come when one is shown. */
const TimeChart = lazy(async () => ({ default: (await import('./TimeChart.tsx')).TimeChart }))

type Props = ChartProps & {
  /** What the chart shows, in a sentence. */
  summary: string
  /** Numbers of a point that only the table shows, before those of the series. */
  totals?: Pick<Series, 'name' | 'label'>[]
  /** What is shown is about to be replaced. */
  isStale?: boolean
}

/** A chart over time, with the same in words and, on demand, in numbers. */
export function ChartCard({ summary, totals = [], isStale = false, ...chart }: Props) {
  const [isTable, table] = useDisclosure()
  const id = useId()
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={`${id}-title`} className={classes.card}>
      <Stack gap="sm">
        <div>
          <Title order={3} size="h5" id={`${id}-title`}>
            {chart.title}
          </Title>
          <Text size="sm" c="dimmed" className={classes.summary}>
            {summary}
          </Text>
        </div>
        <div className={`${classes.plot} ${isStale ? classes.stale : ''}`}>
          <Suspense>
            <TimeChart {...chart} />
          </Suspense>
        </div>
        <ul className={classes.legend} aria-label="Legend">
          {chart.series.map((series) => (
            <li key={series.name}>
              <Mark series={series} />
              <Text size="xs" truncate>
                {series.label}
              </Text>
            </li>
          ))}
        </ul>
        <div>
          <Button
            size="compact-sm"
            variant="default"
            onClick={table.toggle}
            aria-expanded={isTable}
            aria-controls={isTable ? `${id}-table` : undefined}
            aria-describedby={`${id}-title`}
          >
            {isTable ? 'Hide the table' : 'Show as table'}
          </Button>
        </div>
        {isTable && (
          <ChartTable
            id={`${id}-table`}
            caption={`${chart.title}, by ${chart.interval}, latest first`}
            columns={[...totals, ...chart.series]}
            points={chart.points}
            interval={chart.interval}
            format={chart.format}
          />
        )}
      </Stack>
    </Paper>
  )
}
