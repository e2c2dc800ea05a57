import { Anchor, Group, Paper, Text, Title } from '@mantine/core'
import { Link } from 'react-router'
import type { AuditEntry } from '../../../api/types.ts'
import { EntrySentence } from '../../../ui/audit/EntrySentence.tsx'
import { TimeText } from '../../../ui/TimeText.tsx'
import classes from './KeyPage.module.css'

/** What was done to the key lately, from the audit log. */
export function ChangesCard({ keyId, entries }: { keyId: string; entries: AuditEntry[] }) {
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="changes">
      <Group justify="space-between" mb="xs">
        <Title order={3} size="h5" id="changes">
          Recent changes
        </Title>
        <Anchor component={Link} to={`/audit-log?target=${keyId}`} size="sm">
          See them in the audit log
        </Anchor>
      </Group>
      {entries.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing has changed.
        </Text>
      ) : (
        <ul className={classes.changes} aria-labelledby="changes">
          {entries.map((entry) => (
            <li key={entry.id}>
              <EntrySentence entry={entry} />
              <Text span size="sm" c="dimmed" className={classes.nowrap}>
                <TimeText at={entry.at} />
              </Text>
            </li>
          ))}
        </ul>
      )}
    </Paper>
  )
}
