import { ActionIcon, CopyButton, Group, Stack, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ApiKey } from '../../../api/types.ts'
import { PageTitle } from '../../../ui/PageTitle.tsx'
import { StatusBadge, TypeBadge } from '../KeyBadges.tsx'

type Props = {
  id: string
  /** Undefined when only the ID is known. */
  apiKey: Pick<ApiKey, 'name' | 'status' | 'type'> | undefined
  /** For those who may change the key. */
  actions: ReactNode
}

/** What the key is called, its ID to copy, and what it is. */
export function KeyHeader({ id, apiKey, actions }: Props) {
  return (
    <Stack gap={6}>
      <PageTitle title={apiKey?.name ?? id}>{actions}</PageTitle>
      <Group gap="sm">
        {apiKey && (
          <>
            <StatusBadge status={apiKey.status} />
            <TypeBadge type={apiKey.type} />
          </>
        )}
        <CopyId id={id} />
      </Group>
    </Stack>
  )
}

function CopyId({ id }: { id: string }) {
  return (
    <Group gap={2} wrap="nowrap">
      <Text span size="sm" className="mono">
        {id}
      </Text>
      <CopyButton value={id}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy the ID'}>
            <ActionIcon
              variant="subtle"
              color="gray"
              onClick={copy}
              aria-label={copied ? 'Copied' : 'Copy the ID'}
            >
              {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  )
}
