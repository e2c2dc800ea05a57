import { Group, NativeSelect, Pagination as Numbers, Text } from '@mantine/core'
import { wholeText } from './format/formatNumber.ts'
import classes from './Pagination.module.css'

type Props = {
  pagination: { page: number; limit: number; total: number; totalPages: number } | undefined
  onChange: (change: { page?: string; limit?: string }) => void
  /** Where there is nothing to list. */
  empty: string
  /** How many entries a page may have, and what that choice is called. */
  sizes?: { label: string; choices: readonly string[] }
}

/** How many entries there are, and the way to the others. */
export function Pagination({ pagination, onChange, empty, sizes }: Props) {
  if (!pagination) return <div className={classes.pages} />
  const { page, limit, total, totalPages } = pagination
  const first = (page - 1) * limit + 1
  return (
    <Group className={classes.pages} justify="space-between">
      <Text size="sm" c="dimmed" role="status" className="numbers">
        {total === 0
          ? empty
          : first > total
            ? `Nothing on this page, ${wholeText(total)} in all`
            : `${wholeText(first)} to ${wholeText(Math.min(first + limit - 1, total))} of ${wholeText(total)}`}
      </Text>
      <Group gap="md">
        {sizes && (
          <NativeSelect
            size="xs"
            aria-label={sizes.label}
            data={sizes.choices.map((size) => ({ value: size, label: `${size} on a page` }))}
            value={String(limit)}
            onChange={(event) => onChange({ limit: event.currentTarget.value })}
          />
        )}
        {totalPages > 1 && (
          <Numbers
            size="sm"
            total={totalPages}
            value={page}
            onChange={(next) => onChange({ page: next === 1 ? undefined : String(next) })}
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
