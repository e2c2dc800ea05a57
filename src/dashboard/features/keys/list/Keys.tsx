import { Button, Paper, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useDeferredValue, useState } from 'react'
import { keysQuery } from '../../../api/queries/keys.ts'
import type { DialogKey } from '../../../api/types.ts'
import { LoadError } from '../../../ui/LoadError.tsx'
import { PageTitle } from '../../../ui/PageTitle.tsx'
import { Pagination } from '../../../ui/Pagination.tsx'
import { type KeyAction, KeyDialog } from '../dialogs/KeyDialog.tsx'
import { Filters } from './Filters.tsx'
import classes from './Keys.module.css'
import { KeysTable } from './KeysTable.tsx'
import { NoKeys } from './NoKeys.tsx'
import { PlanUse } from './PlanUse.tsx'
import { NEWEST_FIRST, PAGE_SIZES, useListState } from './useListState.ts'

type Open = { action: 'create' } | { action: KeyAction; apiKey: DialogKey }

/** The account's keys, and all that can be done with them. */
export function Keys() {
  const [query, change] = useListState()
  const [open, setOpen] = useState<Open>()
  const keys = useQuery(keysQuery(query))
  // Drawn in slices: a hundred new rows do not hold up what is typed meanwhile.
  const rows = useDeferredValue(keys.data?.apiKeys)
  const isFiltered = Boolean(query.q || query.type || query.status)
  const isEmpty = keys.data?.pagination.total === 0
  const choose = useCallback((action: KeyAction, apiKey: DialogKey) => setOpen({ action, apiKey }), [])
  const create = () => setOpen({ action: 'create' })
  return (
    <Stack gap="lg">
      <PageTitle
        title="API Keys"
        description="Keys authenticate your applications with the API. Each key has its own limits and usage."
      >
        <Button onClick={create}>Create Key</Button>
      </PageTitle>
      <PlanUse />
      {isEmpty && !isFiltered ? (
        <NoKeys onCreate={create} />
      ) : (
        <Paper withBorder className={classes.list}>
          <Filters query={query} onChange={change} />
          {keys.error && !keys.data ? (
            <LoadError error={keys.error} onRetry={() => keys.refetch()} />
          ) : (
            <KeysTable
              keys={rows}
              sort={query.sort ?? NEWEST_FIRST}
              onSort={(sort) => change({ sort: sort === NEWEST_FIRST ? undefined : sort })}
              onChoose={choose}
            />
          )}
          <Pagination
            pagination={keys.data?.pagination}
            onChange={change}
            empty="No keys match"
            sizes={{ label: 'Keys on a page', choices: PAGE_SIZES }}
          />
        </Paper>
      )}
      {open && (
        <KeyDialog
          action={open.action}
          apiKey={'apiKey' in open ? open.apiKey : undefined}
          onClose={() => setOpen(undefined)}
        />
      )}
    </Stack>
  )
}
