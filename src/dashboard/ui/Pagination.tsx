import { Group, NativeSelect, Pagination, Text } from '@mantine/core'
import classes from '../features/keys/list/Keys.module.css'
import { PAGE_SIZES } from '../features/keys/list/useListState.ts'
import { wholeText } from './format/formatNumber.ts'

type Props = {
  pagination: { page: number; limit: number; total: number; totalPages: number } | undefined
  change: (change: { page?: string; limit?: string }) => void
  /** Whether the number of keys on a page may be chosen. */
  hasSizes?: boolean
}

/** How many keys there are, and the way to the others. */
export function Pages({ pagination, change, hasSizes = false }: Props) {
  if (!pagination) return <div className={classes.pages} />
  const { page, limit, total, totalPages } = pagination
  const first = (page - 1) * limit + 1
  return (
    <Group className={classes.pages} justify="space-between">
      <Text size="sm" c="dimmed" role="status" className="numbers">
        {total === 0
          ? 'No key is like this'
          : first > total
            ? `Nothing on this page, ${wholeText(total)} in all`
            : `${wholeText(first)} to ${wholeText(Math.min(first + limit - 1, total))} of ${wholeText(total)}`}
      </Text>
      <Group gap="md">
        {hasSizes && (
          <NativeSelect
            size="xs"
            aria-label="Keys on a page"
            data={PAGE_SIZES.map((size) => ({ value: size, label: `${size} on a page` }))}
            value={String(limit)}
            onChange={(event) => change({ limit: event.currentTarget.value })}
          />
        )}
        {totalPages > 1 && (
          <Pagination
            size="sm"
            total={totalPages}
            value={page}
            onChange={(next) => change({ page: next === 1 ? undefined : String(next) })}
            getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
            getControlProps={(control) => ({
              'aria-label': control === 'next' ? 'Next page' : 'Previous page',
            })}
          />
        )}
      </Group>
    </Group>
  )
}
