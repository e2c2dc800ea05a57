import { Anchor, Paper, Skeleton, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { keyNamesPageQuery } from '../../../api/queries/keys.ts'
import { useMember } from '../../../api/useSession.ts'
import { DataTable } from '../../../ui/DataTable.tsx'
import { LoadError } from '../../../ui/LoadError.tsx'
import { PageTitle } from '../../../ui/PageTitle.tsx'
import { Pagination } from '../../../ui/Pagination.tsx'
import { StatusBadge, TypeBadge } from '../KeyBadges.tsx'

/** Rows a page. */
const ROWS = 50

/** What keys there are, for members who do not manage them. Editors may see what each was used for. */
export function KeyNames() {
  const [page, setPage] = useState(1)
  const names = useQuery(keyNamesPageQuery(page, ROWS))
  const seesUsage = useMember().role === 'editor'
  return (
    <Stack gap="lg">
      <PageTitle title="API Keys" description="Admins of the account create and manage keys." />
      {names.error ? (
        <LoadError error={names.error} onRetry={() => names.refetch()} />
      ) : names.data ? (
        <Paper withBorder>
          <DataTable
            caption="API keys of the account"
            columns={[{ label: 'Name' }, { label: 'Key ID' }, { label: 'Type' }, { label: 'Status' }]}
            rows={names.data.apiKeys}
          >
            {({ id, name, type, status }) => (
              <Table.Tr>
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
            )}
          </DataTable>
          <Pagination
            pagination={names.data.pagination}
            onChange={(change) => setPage(Number(change.page ?? 1))}
            empty="No keys match"
          />
        </Paper>
      ) : (
        <Skeleton height={160} />
      )}
    </Stack>
  )
}
