import { CloseButton, Group, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { KeyQuery } from '../../../api/types.ts'
import classes from './Keys.module.css'

type Change = { q?: string; type?: string; status?: string }
type Props = { query: KeyQuery; onChange: (change: Change) => void }

const WAIT_MS = 250

const types = [
  { value: '', label: 'Live and test' },
  { value: 'live', label: 'Live' },
  { value: 'test', label: 'Test' },
]
const statuses = [
  { value: '', label: 'Any status' },
  { value: 'active', label: 'Active' },
  { value: 'expired', label: 'Expired' },
  { value: 'revoked', label: 'Revoked' },
]

/** Which keys the list shows. What is searched for goes to the api, once somebody pauses. */
export function Filters({ query, onChange }: Props) {
  const [text, setText] = useState(query.q ?? '')
  const asked = useRef(query.q)
  const search = useDebouncedCallback((typed: string) => {
    asked.current = typed.trim() || undefined
    onChange({ q: asked.current })
  }, WAIT_MS)
  // The way back leads to an earlier search; one's own does not touch what is being typed.
  useEffect(() => {
    if (query.q === asked.current) return
    asked.current = query.q
    setText(query.q ?? '')
  }, [query.q])
  const set = (q: string) => {
    setText(q)
    search(q)
  }
  return (
    <Group className={classes.filters} gap="sm">
      <TextInput
        className={classes.search}
        aria-label="Search keys"
        placeholder="Name, ID or last 4 characters"
        maxLength={100}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          text !== '' && <CloseButton size="sm" aria-label="Clear the search" onClick={() => set('')} />
        }
        value={text}
        onChange={(event) => set(event.currentTarget.value)}
      />
      <Select
        aria-label="Type"
        data={types}
        value={query.type ?? ''}
        onChange={(type) => onChange({ type: type || undefined })}
        allowDeselect={false}
        className={classes.choice}
      />
      <Select
        aria-label="Status"
        data={statuses}
        value={query.status ?? ''}
        onChange={(status) => onChange({ status: status || undefined })}
        allowDeselect={false}
        className={classes.choice}
      />
    </Group>
  )
}
