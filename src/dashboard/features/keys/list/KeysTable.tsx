import { Anchor, Skeleton, Table, Text, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { memo, type ReactNode } from 'react'
import { Link } from 'react-router'
import type { KeyQuery, ListedKey } from '../../../api/queries/keys.ts'
import cards from '../../../ui/DataTable.module.css'
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
  setSort: (sort: Sort) => void
  choose: (action: KeyAction, apiKey: ListedKey) => void
}

const WAITING_ROWS = 5

/** A page of the account's keys. */
export function KeysTable({ keys, sort, setSort, choose }: Props) {
  const sortable = { sort, setSort }
  return (
    <Table
      verticalSpacing="sm"
      highlightOnHover
      className={`${cards.table} ${classes.table}`}
      aria-busy={!keys}
    >
      <Table.Caption className={cards.caption}>API keys of the account</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <SortHead by="name" {...sortable}>
            Name
          </SortHead>
          <Table.Th scope="col" className={classes.medium}>
            Key ID
          </Table.Th>
          <Table.Th scope="col" className={classes.medium}>
            Type
          </Table.Th>
          <SortHead by="createdAt" className={classes.wide} {...sortable}>
            Created
          </SortHead>
          <SortHead by="lastUsedAt" className={classes.wide} {...sortable}>
            Last Used
          </SortHead>
          <Table.Th scope="col">Requests, 24 h</Table.Th>
          <Table.Th scope="col">Status</Table.Th>
          <Table.Th scope="col">
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {keys?.map((apiKey) => <Row key={apiKey.id} apiKey={apiKey} choose={choose} />) ?? <Waiting />}
      </Table.Tbody>
    </Table>
  )
}

/** Drawn again only when something of its key has changed: there may be a hundred of them. */
const Row = memo(function Row({ apiKey, choose }: Pick<Props, 'choose'> & { apiKey: ListedKey }) {
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
        <KeyMenu apiKey={apiKey} choose={(action) => choose(action, apiKey)} />
      </Table.Td>
    </Table.Tr>
  )
})

type SortProps = Pick<Props, 'sort' | 'setSort'> & {
  by: 'name' | 'createdAt' | 'lastUsedAt'
  className?: string
  children: ReactNode
}

/** A heading that sorts: names from A first, times from the latest. */
function SortHead({ by, sort, setSort, className, children }: SortProps) {
  const direction = sort === by ? 'ascending' : sort === `-${by}` ? 'descending' : undefined
  const first: Sort = by === 'name' ? by : `-${by}`
  const next: Sort = direction === undefined ? first : direction === 'ascending' ? `-${by}` : by
  return (
    <Table.Th scope="col" aria-sort={direction ?? 'none'} className={className}>
      <UnstyledButton className={classes.sort} onClick={() => setSort(next)}>
        {children}
        {direction === 'ascending' && <IconArrowUp size={14} aria-hidden />}
        {direction === 'descending' && <IconArrowDown size={14} aria-hidden />}
      </UnstyledButton>
    </Table.Th>
  )
}

function Waiting() {
  return Array.from({ length: WAITING_ROWS }, (_, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike.
    <Table.Tr key={index}>
      <Table.Td colSpan={8}>
        <Skeleton height={26} />
      </Table.Td>
    </Table.Tr>
  ))
}
