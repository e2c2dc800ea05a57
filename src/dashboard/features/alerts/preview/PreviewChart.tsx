import { DAY_MS } from '../../../api/time.ts'
import type { Preview } from '../../../api/types.ts'
import '@mantine/charts/styles.css'
import { LineChart } from '@mantine/charts'
import { dateText, instantText } from '../../../ui/format/formatTime.ts'
import { measureText } from '../measureText.ts'
import { previewSentence } from './previewSentence.ts'

/** How many lines people can distinguish. */
const MAX_LINES = 5
const COLOURS = ['indigo.6', 'teal.6', 'orange.6', 'grape.6', 'cyan.6']

type Props = { preview: Preview; height: number; nameOf: (keyId: string) => string }
type Point = { at: number; [line: string]: number | null }

/** What was measured against the threshold; incidents are shaded. */
export function PreviewChart({ preview, height, nameOf }: Props) {
  const { metric } = preview
  const shown = preview.series
    .toSorted((a, b) => peakOf(b.points) - peakOf(a.points))
    .slice(0, MAX_LINES)
    .map(({ keyId, points }, index) => ({
      keyId,
      points,
      line: `line${index}`,
      label: keyId === null ? 'The account' : nameOf(keyId),
    }))
  const data = mergePoints(shown)
  const [from, to] = [Date.parse(preview.from), Date.parse(preview.to)]
  const highest = Math.max(preview.threshold ?? 0, ...shown.map(({ points }) => peakOf(points)))
  const ticks = roundTicks(highest)
  // A detector's threshold moves: it is a line of its own where there is one series.
  const moves = preview.threshold === null && shown.length === 1
  if (moves)
    for (const { at, threshold } of shown[0]?.points ?? [])
      addTo(data, Date.parse(at), 'Threshold', threshold)
  return (
    <LineChart
      h={height}
      role="img"
      aria-label={previewSentence(preview)}
      accessibilityLayer={false}
      data={data.toSorted((a, b) => a.at - b.at)}
      dataKey="at"
      series={[
        ...shown.map(({ line, label }, index) => ({ name: line, label, color: COLOURS[index] ?? 'gray.6' })),
        ...(moves ? [{ name: 'Threshold', color: 'red.7', strokeDasharray: '5 5' }] : []),
      ]}
      curveType="linear"
      strokeWidth={1.75}
      withDots={false}
      connectNulls={false}
      withLegend={shown.length > 1}
      tickLine="none"
      valueFormatter={(value) => measureText(metric, value)}
      tooltipProps={{ labelFormatter: timeLabel }}
      xAxisProps={{
        type: 'number',
        scale: 'time',
        domain: [from, to],
        ticks: midnights(from, to),
        tickFormatter: (at: number) => dateText(new Date(at).toISOString()).replace(/ \d{4}$/, ''),
      }}
      yAxisProps={{
        width: 70,
        domain: [0, ticks.at(-1) ?? 1],
        ticks,
        tickFormatter: short(metric),
      }}
      referenceLines={
        preview.threshold === null
          ? []
          : [
              {
                y: preview.threshold,
                color: 'red.7',
                label: measureText(metric, preview.threshold),
                labelPosition: 'insideTopRight',
              },
            ]
      }
      referenceAreas={preview.incidents.map(({ startedAt, resolvedAt }) => {
        const begin = Date.parse(startedAt)
        // Wide enough to be seen.
        const end = Math.max(Date.parse(resolvedAt ?? preview.to), begin + (to - from) / 200)
        return { x1: begin, x2: Math.min(end, to), color: 'red.6', fillOpacity: 0.2, strokeOpacity: 0 }
      })}
    />
  )
}

/** Nothing is pointed at: then there is no time. */
const timeLabel = (at: unknown) => (typeof at === 'number' ? instantText(new Date(at).toISOString()) : '')

type Series = Preview['series'][number]['points']

const peakOf = (points: Series) => points.reduce((high, { value }) => Math.max(high, value ?? 0), 0)

function mergePoints(lines: { line: string; points: Series }[]): Point[] {
  const byTime: Point[] = []
  const index = new Map<number, Point>()
  for (const { line, points } of lines) {
    for (const { at, value } of points) {
      const time = Date.parse(at)
      let point = index.get(time)
      if (!point) {
        point = { at: time }
        index.set(time, point)
        byTime.push(point)
      }
      point[line] = value
    }
  }
  return byTime
}

function addTo(data: Point[], at: number, line: string, value: number | null): void {
  const point = data.find((one) => one.at === at)
  if (point) point[line] = value
}

/** From nothing to above the highest, in four steps of a round number. */
function roundTicks(highest: number): number[] {
  const rough = (highest * 1.05 || 1) / 4
  const magnitude = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude
  return [0, 1, 2, 3, 4].map((count) => count * step)
}

const midnights = (from: number, to: number) =>
  Array.from(
    { length: Math.floor((to - from) / DAY_MS) + 1 },
    (_, day) => Math.ceil(from / DAY_MS) * DAY_MS + day * DAY_MS,
  ).filter((at) => at <= to)

/** Without the words that the rule's sentence has. */
const short = (metric: Preview['metric']) => (value: number) =>
  measureText(metric, Math.round(value * 100) / 100).replace(/ (requests?|networks?)$/, '')
