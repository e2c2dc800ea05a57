import '@mantine/charts/styles.css'
import { BarChart, LineChart } from '@mantine/charts'
import { useMemo } from 'react'
import { timeAxis } from './bucketText.ts'
import { ChartTip, type TipProps } from './ChartTip.tsx'
import type { ChartProps, Point } from './Series.ts'

/** The picture of a chart. Missing numbers are gaps in lines; a lone number between gaps is a dot. */
export function TimeChart({
  title,
  kind,
  series,
  points,
  interval,
  format,
  shortFormat = format,
}: ChartProps) {
  const data = useMemo(() => points.map(({ at, values }) => ({ at, ...values })), [points])
  const axis = useMemo(
    () =>
      timeAxis(
        points.map(({ at }) => at),
        interval,
      ),
    [points, interval],
  )
  const shared = {
    h: 240,
    data,
    dataKey: 'at',
    gridAxis: 'x',
    tickLine: 'none',
    // A plain space is where Recharts would break the line.
    valueFormatter: (value: number) => shortFormat(value).replaceAll(' ', '\u00a0'),
    xAxisProps: { ticks: axis.ticks, interval: 'preserveEnd', tickFormatter: axis.text, minTickGap: 12 },
    yAxisProps: { width: 56, allowDecimals: kind === 'lines' },
    tooltipProps: {
      content: ({ active, label, payload }: TipProps) => (
        <ChartTip {...{ active, label, payload, interval, series, format }} />
      ),
      isAnimationActive: false,
    },
  } as const
  const svg: object = {
    // Room for the last time's label.
    margin: { top: 8, right: kind === 'lines' ? 20 : 5 },
    'aria-label': `${title}: a chart. Use the arrow keys to move through time.`,
  }
  if (kind === 'bars')
    return (
      <BarChart
        {...shared}
        type="stacked"
        series={series.map(({ name, label, color }) => ({ name, label, color }))}
        maxBarWidth={28}
        barChartProps={svg}
      />
    )
  return (
    <LineChart
      {...shared}
      series={series.map(({ name, label, color, dashes }) => ({
        name,
        label,
        color,
        strokeDasharray: dashes,
      }))}
      curveType="linear"
      connectNulls={false}
      withDots={false}
      lineChartProps={svg}
      lineProps={({ name, color }) => ({ dot: loneDots(points, name, color), isAnimationActive: false })}
    />
  )
}

/** Draws only what no line leads to or from. */
function loneDots(points: Point[], name: string, color = 'currentColor') {
  const has = (index: number) => typeof points[index]?.values[name] === 'number'
  return ({ cx, cy, index }: { cx?: number; cy?: number; index?: number }) => {
    const isLone = index !== undefined && has(index) && !has(index - 1) && !has(index + 1)
    if (!isLone || cx === undefined || cy === undefined) return <g key={index} />
    return <circle key={index} cx={cx} cy={cy} r={3} fill={color} />
  }
}
