import { Anchor, Table, Text, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { memo } from 'react'
import { Link } from 'react-router'
import type { KeyQuery, ListedKey } from '../../../api/types.ts'
import { DataTable } from '../../../ui/DataTable.tsx'
import { TimeText } from '../../../ui/TimeText.tsx'
import type { KeyAction } from '../dialogs/KeyDialog.tsx'
import { StatusBadge, TypeBadge } from '../KeyBadges.tsx'
import { KeyMenu } from '../KeyMenu.tsx'
import classes from './Keys.module.css'
import { Sparkline } from './Sparkline.tsx'

type Sort = NonNullable<KeyQuery['sort']>
type Props = {
  /** undefined while they are read */
  keys: ListedKey[] | undefined
  sort: Sort
  onSort: (sort: Sort) => void
  onChoose: (action: KeyAction, apiKey: ListedKey) => void
}

/** A page of the account's keys. */
export function KeysTable({ keys, sort, onSort, onChoose }: Props) {
  const sortable = { sort, onSort }
  return (
    <DataTable
      caption="API keys of the account"
      highlightOnHover
      className={classes.table}
      columns={[
        { label: 'Name', head: <SortHead by="name" label="Name" {...sortable} /> },
        { label: 'Key ID', className: classes.medium },
        { label: 'Type', className: classes.medium },
        {
          label: 'Created',
          head: <SortHead by="createdAt" label="Created" className={classes.wide} {...sortable} />,
        },
        {
          label: 'Last Used',
          head: <SortHead by="lastUsedAt" label="Last Used" className={classes.wide} {...sortable} />,
        },
        { label: 'Requests, 24 h' },
        { label: 'Status' },
        { label: 'Actions', isHidden: true },
      ]}
      rows={keys}
      waiting={{ rows: 5, height: 26 }}
    >
      {(apiKey) => <Row apiKey={apiKey} onChoose={onChoose} />}
    </DataTable>
  )
}

/** Drawn again only when something of its key has changed: there may be a hundred of them. */
const Row = memo(function Row({ apiKey, onChoose }: Pick<Props, 'onChoose'> & { apiKey: ListedKey }) {
  const { id, name, type, status, createdAt, lastUsedAt, usage, requestsByHour } = apiKey
  return (
    <Table.Tr>
      <Table.Td className={classes.name}>
        <Anchor component={Link} to={`/keys/${id}`} fw={550} size="sm" c="inherit">
          {name}
        </Anchor>
      </Table.Td>
      <Table.Td data-label="Key ID" className={classes.medium}>
        <Text span size="sm" className={`mono ${classes.id}`}>
          {id}
        </Text>
      </Table.Td>
      <Table.Td data-label="Type" className={classes.medium} data-status>
        <TypeBadge type={type} />
      </Table.Td>
      <Table.Td data-label="Created" className={classes.wide}>
        <TimeText at={createdAt} size="sm" />
      </Table.Td>
      <Table.Td data-label="Last used" className={classes.wide}>
        <TimeText at={lastUsedAt} size="sm" />
      </Table.Td>
      <Table.Td data-label="24 hours">
        {usage && requestsByHour && <Sparkline hours={requestsByHour} total={usage['24h'].requests} />}
      </Table.Td>
      <Table.Td data-label="Status" data-status>
        <StatusBadge status={status} />
      </Table.Td>
      <Table.Td className={classes.actions}>
        <KeyMenu apiKey={apiKey} onChoose={(action) => onChoose(action, apiKey)} />
      </Table.Td>
    </Table.Tr>
  )
})

type SortProps = Pick<Props, 'sort' | 'onSort'> & {
  by: 'name' | 'createdAt' | 'lastUsedAt'
  label: string
  className?: string
}

/** A heading that sorts: names from A first, times from the latest. */
function SortHead({ by, label, sort, onSort, className }: SortProps) {
  const direction = sort === by ? 'ascending' : sort === `-${by}` ? 'descending' : undefined
  const first: Sort = by === 'name' ? by : `-${by}`
  const next: Sort = direction === undefined ? first : direction === 'ascending' ? `-${by}` : by
  return (
    <Table.Th scope="col" aria-sort={direction ?? 'none'} className={className}>
      <UnstyledButton className={classes.sort} onClick={() => onSort(next)}>
        {label}
        {direction === 'ascending' && <IconArrowUp size={14} aria-hidden />}
        {direction === 'descending' && <IconArrowDown size={14} aria-hidden />}
      </UnstyledButton>
    </Table.Th>
  )
}
