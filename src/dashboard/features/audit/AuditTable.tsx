import type { AuditEntry } from '../../api/types.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import classes from './AuditTable.module.css'
import { EntryRow } from './EntryRow.tsx'

/** Entries, newest first; undefined while they are read. */
export function AuditTable({ entries }: { entries: AuditEntry[] | undefined }) {
  return (
    <DataTable
      caption="What happened in the account, newest first"
      isCards={false}
      verticalSpacing="xs"
      isFixed
      columns={[
        { label: 'When', className: classes.at, visibleFrom: 'sm' },
        { label: 'What' },
        { label: 'From', className: classes.from, visibleFrom: 'sm' },
        { label: 'Details', isHidden: true, className: classes.toggle },
      ]}
      rows={entries}
      waiting={{ rows: 8, height: 40 }}
      empty="No entries match."
    >
      {(entry) => <EntryRow entry={entry} />}
    </DataTable>
  )
}
