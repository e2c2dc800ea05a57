import { Table, VisuallyHidden } from '@mantine/core'
import type { Interval } from '../api/ranges.ts'
import { bucketText } from './bucketText.ts'
import classes from './charts.module.css'
import type { Point, Series } from './Series.ts'

type Props = {
  id: string
  caption: string
  columns: Pick<Series, 'name' | 'label'>[]
  points: Point[]
  interval: Interval
  format: (value: number) => string
}

/** A chart's numbers, latest first. */
export function ChartTable({ id, caption, columns, points, interval, format }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section id={id} className={classes.scroll} aria-label={caption} tabIndex={0}>
      <Table horizontalSpacing="sm" verticalSpacing={4} className="numbers">
        <VisuallyHidden component="caption">{caption}</VisuallyHidden>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Time (UTC)</Table.Th>
            {columns.map(({ name, label }) => (
              <Table.Th key={name} scope="col" ta="right">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {points.toReversed().map(({ at, values }) => (
            <Table.Tr key={at}>
              <Table.Th scope="row">{bucketText(at, interval)}</Table.Th>
              {columns.map(({ name }) => (
                <Table.Td key={name} ta="right">
                  {textOf(values[name] ?? null, format)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

const textOf = (value: number | null, format: (value: number) => string) =>
  value === null ? '–' : format(value)
