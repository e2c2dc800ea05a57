import { Text } from '@mantine/core'

/** The instant of the numbers, and the one place that says in which time zone a page's times are. */
export function AsOf({ at }: { at: string }) {
  return (
    <Text size="sm" c="dimmed" className="numbers">
      As of <time dateTime={at}>{at.slice(11, 19)}</time>. All times are in UTC.
    </Text>
  )
}
