import type { Interval } from '../api/ranges.ts'

/** One line, or one colour of stacked bars. `color` is a variable of charts.module.css. */
export type Series = {
  name: string
  label: string
  color: string
  /** Tells lines apart without colour, as SVG's stroke-dasharray. */
  dashes?: string
}

/** What a chart shows at one time: per series a number, or null where nothing was measured. */
export type Point = { at: string; values: Record<string, number | null> }

export type ChartProps = {
  title: string
  kind: 'bars' | 'lines'
  series: Series[]
  points: Point[]
  interval: Interval
  format: (value: number) => string
  /** Where space is short. */
  shortFormat?: (value: number) => string
}
