import { ActionIcon, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import type { AuditEntry } from '../../api/types.ts'
import { EntrySentence, sentenceText } from '../../ui/audit/EntrySentence.tsx'
import { instantText } from '../../ui/format/formatTime.ts'
import classes from './AuditTable.module.css'

/** One entry, and on demand everything that is known of it. */
export function EntryRow({ entry }: { entry: AuditEntry }) {
  const [isOpen, details] = useDisclosure()
  const detailsId = `entry-${entry.id}`
  return (
    <>
      <Table.Tr>
        <Table.Td visibleFrom="sm" className="numbers">
          <time dateTime={entry.at}>{instantText(entry.at)}</time>
        </Table.Td>
        <Table.Td className={classes.text}>
          <EntrySentence entry={entry} />
          <Text hiddenFrom="sm" size="sm" c="dimmed" className="numbers">
            <time dateTime={entry.at}>{instantText(entry.at)}</time>
          </Text>
        </Table.Td>
        <Table.Td visibleFrom="sm" className="mono">
          {entry.actor.ip ?? '–'}
        </Table.Td>
        <Table.Td ta="right">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            onClick={details.toggle}
            aria-expanded={isOpen}
            aria-controls={isOpen ? detailsId : undefined}
            aria-label={`Details: ${sentenceText(entry)}`}
          >
            <IconChevronDown
              size={18}
              aria-hidden
              className={classes.chevron}
              data-open={isOpen || undefined}
            />
          </ActionIcon>
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr id={detailsId}>
          <Table.Td colSpan={4} className={classes.details}>
            <EntryDetails entry={entry} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  )
}

function EntryDetails({ entry }: { entry: AuditEntry }) {
  const { actor } = entry
  const facts: [string, unknown][] = [
    ['Action', entry.action],
    ['Target', entry.targetId],
    ['By', `${actor.type} ${actor.id}`],
    ['Let in by', actor.madeBy],
    ['From', actor.ip],
    ['Request', actor.requestId],
    ...Object.entries(entry.details),
  ]
  return (
    <dl className={classes.facts}>
      {facts.map(
        ([name, value]) =>
          value !== undefined &&
          value !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="mono">{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
