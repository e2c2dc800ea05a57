import { Skeleton, Table, type TableProps, Text, VisuallyHidden } from '@mantine/core'
import { Fragment, type ReactElement, type ReactNode } from 'react'
import classes from './DataTable.module.css'

type Column = {
  /** For assistive technology only where `isHidden`. */
  label: string
  isHidden?: boolean
  className?: string
  visibleFrom?: 'sm'
  /** Takes the place of the plain heading: a `Table.Th`. */
  head?: ReactElement
}

type Props<Row> = Omit<TableProps, 'children' | 'data'> & {
  /** Says to those who hear the page what the table lists. */
  caption: string
  columns: Column[]
  /** Undefined while they are read. */
  rows: Row[] | undefined
  /** What stands there meanwhile: so many bars, so many pixels high. */
  waiting?: { rows: number; height: number }
  /** In the place of rows when there is none. */
  empty?: string
  /** Whether narrow windows show each row as a card: its cells name their columns by `data-label`. */
  isCards?: boolean
  /** Whether the columns have the widths of their classes, whatever is in them. */
  isFixed?: boolean
  /** One row: a `Table.Tr`. */
  children: (row: Row) => ReactNode
}

const BARS = { rows: 3, height: 28 }

/** A table of records: its heading, its rows, and what stands in their place. */
export function DataTable<Row extends { id: string }>(props: Props<Row>) {
  const {
    caption,
    columns,
    rows,
    waiting = BARS,
    empty,
    isCards = true,
    isFixed = false,
    children,
    className,
    ...table
  } = props
  const names = [isCards && classes.cards, isFixed && classes.fixed, className].filter(Boolean).join(' ')
  return (
    <Table verticalSpacing="sm" {...table} className={names} aria-busy={rows === undefined}>
      <Table.Caption className={classes.caption}>{caption}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Fragment key={column.label}>{column.head ?? <Heading {...column} />}</Fragment>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows === undefined && <Waiting columns={columns.length} {...waiting} />}
        {rows?.length === 0 && empty !== undefined && (
          <Whole columns={columns.length}>
            <Text size="sm" c="dimmed" py="md" ta="center">
              {empty}
            </Text>
          </Whole>
        )}
        {rows?.map((row) => (
          <Fragment key={row.id}>{children(row)}</Fragment>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Heading({ label, isHidden = false, className, visibleFrom }: Column) {
  return (
    <Table.Th scope="col" className={className} visibleFrom={visibleFrom}>
      {isHidden ? <VisuallyHidden>{label}</VisuallyHidden> : label}
    </Table.Th>
  )
}

function Waiting({ columns, rows, height }: { columns: number; rows: number; height: number }) {
  return Array.from({ length: rows }, (_, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
    <Whole key={index} columns={columns}>
      <Skeleton height={height} />
    </Whole>
  ))
}

/** A row of one cell. */
function Whole({ columns, children }: { columns: number; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Td colSpan={columns}>{children}</Table.Td>
    </Table.Tr>
  )
}
