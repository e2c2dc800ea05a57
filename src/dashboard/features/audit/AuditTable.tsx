import { Skeleton, Table, Text, VisuallyHidden } from '@mantine/core'
import type { AuditEntry } from '../../ui/audit/auditEntry.ts'
import classes from './AuditTable.module.css'
import { EntryRow } from './EntryRow.tsx'

/** Entries, newest first; undefined while they are read. */
export function AuditTable({ entries }: { entries: AuditEntry[] | undefined }) {
  return (
    <Table verticalSpacing="xs" className={classes.table} aria-busy={entries === undefined}>
      <Table.Caption className={classes.caption}>What happened in the account, newest first</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col" visibleFrom="sm" className={classes.at}>
            When
          </Table.Th>
          <Table.Th scope="col">What</Table.Th>
          <Table.Th scope="col" visibleFrom="sm" className={classes.from}>
            From
          </Table.Th>
          <Table.Th scope="col" className={classes.toggle}>
            <VisuallyHidden>Details</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries === undefined && <Waiting />}
        {entries?.length === 0 && <Nothing />}
        {entries?.map((entry) => (
          <EntryRow key={entry.id} entry={entry} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Nothing() {
  return (
    <Table.Tr>
      <Table.Td colSpan={4}>
        <Text size="sm" c="dimmed" py="md" ta="center">
          Nothing of the kind has happened.
        </Text>
      </Table.Td>
    </Table.Tr>
  )
}

function Waiting() {
  return Array.from({ length: 8 }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
    <Table.Tr key={row}>
      <Table.Td colSpan={4}>
        <Skeleton height={40} />
      </Table.Td>
    </Table.Tr>
  ))
}
