import { Button, Paper, Stack } from '@mantine/core'
import { useCallback, useDeferredValue, useState } from 'react'
import { type KeyFacts, useKeys } from '../../../api/queries/keys.ts'
import { LoadError } from '../../../ui/LoadError.tsx'
import { PageTitle } from '../../../ui/PageTitle.tsx'
import { Pages } from '../../../ui/Pagination.tsx'
import { type KeyAction, KeyDialog } from '../dialogs/KeyDialog.tsx'
import { Filters } from './Filters.tsx'
import classes from './Keys.module.css'
import { KeysTable } from './KeysTable.tsx'
import { NoKeys } from './NoKeys.tsx'
import { PlanUse } from './PlanUse.tsx'
import { NEWEST_FIRST, useListState } from './useListState.ts'

type Open = { action: 'create' } | { action: KeyAction; apiKey: KeyFacts }

/** The account's keys, and all that can be done with them. */
export function Keys() {
  const [query, change] = useListState()
  const [open, setOpen] = useState<Open>()
  const keys = useKeys(query)
  // Drawn in slices: a hundred new rows do not hold up what is typed meanwhile.
  const rows = useDeferredValue(keys.data?.apiKeys)
  const isFiltered = Boolean(query.q || query.type || query.status)
  const isEmpty = keys.data?.pagination.total === 0
  const choose = useCallback((action: KeyAction, apiKey: KeyFacts) => setOpen({ action, apiKey }), [])
  const create = () => setOpen({ action: 'create' })
  return (
    <Stack gap="lg">
      <PageTitle
        title="API Keys"
        description="What your programs sign in with. Each has a name, limits and usage of its own."
      >
        <Button onClick={create}>Create Key</Button>
      </PageTitle>
      <PlanUse />
      {isEmpty && !isFiltered ? (
        <NoKeys create={create} />
      ) : (
        <Paper withBorder className={classes.list}>
          <Filters query={query} change={change} />
          {keys.error && !keys.data ? (
            <LoadError error={keys.error} retry={() => keys.refetch()} />
          ) : (
            <KeysTable
              keys={rows}
              sort={query.sort ?? NEWEST_FIRST}
              setSort={(sort) => change({ sort: sort === NEWEST_FIRST ? undefined : sort })}
              choose={choose}
            />
          )}
          <Pages pagination={keys.data?.pagination} change={change} hasSizes />
        </Paper>
      )}
      {open && (
        <KeyDialog
          action={open.action}
          apiKey={'apiKey' in open ? open.apiKey : undefined}
          close={() => setOpen(undefined)}
        />
      )}
    </Stack>
  )
}
