import { Anchor, Button, Group, NativeSelect, Paper, Stack, Text, VisuallyHidden } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { auditLogQuery } from '../../api/queries/audit.ts'
import { useMember } from '../../api/useSession.ts'
import { AdminsOnly } from '../../ui/AdminsOnly.tsx'
import { actions } from '../../ui/audit/actions.ts'
import { LoadError } from '../../ui/LoadError.tsx'
import { PageTitle } from '../../ui/PageTitle.tsx'
import { AuditTable } from './AuditTable.tsx'

/** Who did what, from where. `?action=` and `?target=` narrow it down, so that other pages can link to a part. */
export function AuditPage() {
  return useMember().role === 'admin' ? <AuditLog /> : <AdminsOnly title="Audit log" />
}

function AuditLog() {
  const [parameters, setParameters] = useSearchParams()
  const action = parameters.get('action') ?? undefined
  const targetId = parameters.get('target') ?? undefined
  const log = useInfiniteQuery(auditLogQuery({ action, targetId }))
  const narrow = (name: string, value: string) =>
    setParameters(
      (now) => {
        if (value === '') now.delete(name)
        else now.set(name, value)
        return now
      },
      { replace: true },
    )
  const entries = log.data?.pages.flatMap((page) => page.entries)
  return (
    <Stack gap="lg">
      <PageTitle
        title="Audit log"
        description="Every change in the account: who made it, when and from where."
      >
        <ActionFilter value={action ?? ''} onChange={(value) => narrow('action', value)} />
      </PageTitle>
      {targetId !== undefined && (
        <Text size="sm">
          Only what was done to <span className="mono">{targetId}</span>.{' '}
          <Anchor component="button" inherit underline="always" onClick={() => narrow('target', '')}>
            Show everything
          </Anchor>
        </Text>
      )}
      {log.error && entries === undefined ? (
        <LoadError error={log.error} onRetry={() => log.refetch()} />
      ) : (
        <Paper withBorder>
          <AuditTable entries={entries} />
        </Paper>
      )}
      {log.hasNextPage && (
        <Group justify="center">
          <Button variant="default" loading={log.isFetchingNextPage} onClick={() => log.fetchNextPage()}>
            Load more
          </Button>
        </Group>
      )}
      <VisuallyHidden role="status">{entries ? shownText(entries.length) : ''}</VisuallyHidden>
    </Stack>
  )
}

const choices = [
  { value: '', label: 'Every action' },
  ...Object.entries(actions).map(([group, wordings]) => ({
    group,
    items: Object.entries(wordings).map(([value, { label }]) => ({ value, label })),
  })),
]

function ActionFilter({ value, onChange }: { value: string; onChange: (action: string) => void }) {
  return (
    <NativeSelect
      aria-label="Action"
      data={choices}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

const shownText = (count: number) => (count === 1 ? 'One entry is shown.' : `${count} entries are shown.`)
