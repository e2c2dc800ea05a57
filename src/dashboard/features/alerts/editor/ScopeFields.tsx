import { Group, MultiSelect, Radio, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { keySearchQuery } from '../../../api/queries/keys.ts'
import { isPerKey } from '../metrics.ts'
import { useKeyNames } from '../useKeyNames.ts'
import type { RuleForm } from './ruleForm.ts'

/** The account, or some of its keys. */
export function ScopeFields({ form }: { form: RuleForm }) {
  const { metric, scope } = form.values
  return (
    <Stack gap="sm">
      <Radio.Group label="Scope" {...form.getInputProps('scope')}>
        <Group gap="lg" mt={6}>
          <Radio value="account" label={isPerKey(metric) ? 'Every active key' : 'The account as a whole'} />
          <Radio value="keys" label="Chosen keys, each by itself" />
        </Group>
      </Radio.Group>
      {scope === 'keys' && <KeysField form={form} />}
    </Stack>
  )
}

function KeysField({ form }: { form: RuleForm }) {
  const chosen = form.values.keyIds
  const [search, setSearch] = useState('')
  const [q] = useDebouncedValue(search.trim(), 250)
  const { data, isFetching } = useQuery(keySearchQuery(q))
  const nameOf = useKeyNames(chosen)
  const found = (data?.apiKeys ?? []).filter(({ status, id }) => status === 'active' || chosen.includes(id))
  const choices = new Map(found.map(({ id, name, hint }) => [id, `${name} …${hint}`]))
  for (const id of chosen) if (!choices.has(id)) choices.set(id, nameOf(id))
  return (
    <MultiSelect
      label="Keys"
      required
      placeholder={chosen.length === 0 ? 'Search by name, ID or last characters' : undefined}
      data={[...choices].map(([value, label]) => ({ value, label }))}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      // The api has searched.
      filter={({ options }) => options}
      nothingFoundMessage={isFetching ? 'Searching …' : 'No active keys match'}
      maxDropdownHeight={280}
      hidePickedOptions
      {...form.getInputProps('keyIds')}
    />
  )
}
