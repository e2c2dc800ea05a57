import { Group, List, Text } from '@mantine/core'
import type { Preview } from '../../../api/types.ts'
import { instantText } from '../../../ui/format/formatTime.ts'
import { lengthText } from '../durationWords.ts'
import { measureText } from '../measureText.ts'

const SHOWN = 5

type Props = { preview: Preview; nameOf: (keyId: string) => string }

/** The latest of the incidents that there would have been. */
export function PreviewIncidents({ preview, nameOf }: Props) {
  const { incidents, metric } = preview
  if (incidents.length === 0) return null
  const latest = incidents.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt)).slice(0, SHOWN)
  const others = incidents.length - latest.length
  return (
    <List listStyleType="none" spacing={6} size="sm" aria-label="The latest incidents">
      {latest.map(({ keyId, startedAt, resolvedAt, worst }) => (
        <List.Item key={`${keyId} ${startedAt}`} styles={{ itemWrapper: { display: 'block' } }}>
          <Group justify="space-between" gap="xs" className="numbers">
            <Text span size="sm">
              {instantText(startedAt)}
              {keyId !== null && `, ${nameOf(keyId)}`}
            </Text>
            <Text span size="sm" c="dimmed">
              {resolvedAt === null ? 'still' : lengthText(Date.parse(resolvedAt) - Date.parse(startedAt))}, up
              to {measureText(metric, worst)}
            </Text>
          </Group>
        </List.Item>
      ))}
      {others > 0 && (
        <List.Item>
          <Text span size="sm" c="dimmed">
            and {others} before
          </Text>
        </List.Item>
      )}
    </List>
  )
}
