import { Button, Paper, Stack, Table, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { incidentsQuery } from '../../../api/queries/alerts.ts'
import type { Rule } from '../../../api/types.ts'
import { DataTable } from '../../../ui/DataTable.tsx'
import { instantText } from '../../../ui/format/formatTime.ts'
import { LoadError } from '../../../ui/LoadError.tsx'
import { StatusBadge } from '../../../ui/StatusBadge.tsx'
import { TimeText } from '../../../ui/TimeText.tsx'
import { lengthText } from '../durationWords.ts'
import { measureText } from '../measureText.ts'
import { useKeyNames } from '../useKeyNames.ts'

/** The crossings of a rule, newest first. */
export function Incidents({ rule }: { rule: Rule }) {
  const list = useInfiniteQuery(incidentsQuery(rule.id))
  const found = list.data?.pages.flatMap(({ incidents }) => incidents)
  const nameOf = useKeyNames((found ?? []).flatMap(({ keyId }) => keyId ?? []))
  return (
    <Stack gap="sm" component="section" aria-labelledby="incidents">
      <Title order={2} size="h4" id="incidents">
        Incidents
      </Title>
      {list.error && !found ? (
        <LoadError error={list.error} onRetry={() => list.refetch()} />
      ) : found?.length === 0 ? (
        <Paper withBorder p="lg">
          <Text c="dimmed">It has not fired yet.</Text>
        </Paper>
      ) : (
        <Paper withBorder>
          <DataTable
            caption="Incidents, newest first"
            horizontalSpacing="md"
            className="numbers"
            columns={['Began', 'Where', 'Lasted', 'Measured', 'Worst', 'Threshold'].map((label) => ({
              label,
            }))}
            rows={found}
            waiting={{ rows: 1, height: 40 }}
          >
            {(one) => (
              <Table.Tr>
                <Table.Td data-label="Began">
                  <span>
                    {instantText(one.startedAt)}{' '}
                    <Text span size="xs" c="dimmed">
                      <TimeText at={one.startedAt} inherit />
                    </Text>
                  </span>
                </Table.Td>
                <Table.Td data-label="Where">
                  {one.keyId === null ? 'the account' : nameOf(one.keyId)}
                </Table.Td>
                <Table.Td data-label="Lasted">
                  <span>
                    <Lasted startedAt={one.startedAt} resolvedAt={one.resolvedAt} />
                  </span>
                </Table.Td>
                <Table.Td data-label="Measured">{measureText(rule.metric, one.measured)}</Table.Td>
                <Table.Td data-label="Worst">{measureText(rule.metric, one.worst)}</Table.Td>
                <Table.Td data-label="Threshold">{measureText(rule.metric, one.threshold)}</Table.Td>
              </Table.Tr>
            )}
          </DataTable>
        </Paper>
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          onClick={() => list.fetchNextPage()}
          loading={list.isFetchingNextPage}
          style={{ alignSelf: 'center' }}
        >
          Show earlier ones
        </Button>
      )}
    </Stack>
  )
}

function Lasted({ startedAt, resolvedAt }: { startedAt: string; resolvedAt: string | null }) {
  const text = lengthText((resolvedAt === null ? Date.now() : Date.parse(resolvedAt)) - Date.parse(startedAt))
  if (resolvedAt !== null) return text
  return (
    <>
      {text}{' '}
      <StatusBadge tone="bad" icon={IconAlertTriangle}>
        still firing
      </StatusBadge>
    </>
  )
}
