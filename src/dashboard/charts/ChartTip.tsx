import { Text } from '@mantine/core'
import type { Interval } from '../api/ranges.ts'
import { bucketText } from './bucketText.ts'
import classes from './charts.module.css'
import { Mark } from './Mark.tsx'
import type { Series } from './Series.ts'

/** What Recharts says of the time that is pointed at: the start of its bucket, and its numbers. */
export type TipProps = {
  active?: boolean | undefined
  label?: string | number | undefined
  payload?: readonly { payload?: Record<string, unknown> }[] | undefined
}

type Props = TipProps & { interval: Interval; series: Series[]; format: (value: number) => string }

/** All numbers of one time, for the pointer and the arrow keys; a screen reader says them as they change. */
export function ChartTip({ active, label, payload, interval, series, format }: Props) {
  const values = payload?.[0]?.payload
  if (!active || label === undefined || !values) return null
  return (
    <div className={classes.tooltip} role="status">
      <Text size="xs" fw={600}>
        {bucketText(String(label), interval)}
      </Text>
      <dl>
        {series.map((one) => {
          const value = values[one.name]
          return <Row key={one.name} series={one} text={typeof value === 'number' ? format(value) : '–'} />
        })}
      </dl>
    </div>
  )
}

function Row({ series, text }: { series: Series; text: string }) {
  return (
    <>
      <Text component="dt" size="xs">
        <Mark series={series} />
        <span>{series.label}</span>
      </Text>
      <Text component="dd" size="xs" className="numbers">
        {text}
      </Text>
    </>
  )
}
