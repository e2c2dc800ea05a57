import { Anchor, Paper, Skeleton, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import { useKeyNames } from '../../../api/queries/keys.ts'
import { useMember } from '../../../api/useSession.ts'
import cards from '../../../ui/DataTable.module.css'
import { LoadError } from '../../../ui/LoadError.tsx'
import { PageTitle } from '../../../ui/PageTitle.tsx'
import { Pages } from '../../../ui/Pagination.tsx'
import { StatusBadge, TypeBadge } from '../KeyBadges.tsx'

/** Rows a page. */
const ROWS = 50

/** What keys there are, for members who do not manage them. Editors may see what each was used for. */
export function KeyNames() {
  const [page, setPage] = useState(1)
  const names = useKeyNames(page, ROWS)
  const seesUsage = useMember().role === 'editor'
  return (
    <Stack gap="lg">
      <PageTitle title="API Keys" description="Admins of the account create and manage keys." />
      {names.error ? (
        <LoadError error={names.error} retry={() => names.refetch()} />
      ) : names.data ? (
        <Paper withBorder>
          <Table verticalSpacing="sm" className={cards.table}>
            <Table.Caption className={cards.caption}>API keys of the account</Table.Caption>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Name</Table.Th>
                <Table.Th scope="col">Key ID</Table.Th>
                <Table.Th scope="col">Type</Table.Th>
                <Table.Th scope="col">Status</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {names.data.apiKeys.map(({ id, name, type, status }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    {seesUsage ? (
                      <Anchor component={Link} to={`/keys/${id}`} fw={550} size="sm">
                        {name}
                      </Anchor>
                    ) : (
                      <Text size="sm" fw={550}>
                        {name}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td data-label="Key ID">
                    <Text span size="sm" className="mono">
                      {id}
                    </Text>
                  </Table.Td>
                  <Table.Td data-label="Type">
                    <TypeBadge type={type} />
                  </Table.Td>
                  <Table.Td data-label="Status">
                    <StatusBadge status={status} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Pages pagination={names.data.pagination} change={(change) => setPage(Number(change.page ?? 1))} />
        </Paper>
      ) : (
        <Skeleton height={160} />
      )}
    </Stack>
  )
}
