import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { companyName } from './configured.ts'

type Props = {
  title: string
  /** One sentence below the title. */
  description?: ReactNode
  /** Buttons at the end of the line. */
  children?: ReactNode
}

/** The heading of a page, which names the document, too. */
export function PageTitle({ title, description, children }: Props) {
  useEffect(() => {
    document.title = `${title} · ${companyName || 'Pictify Keys'}`
  }, [title])
  return (
    <Group justify="space-between" align="flex-start" gap="md">
      <Stack gap={4}>
        <Title order={1} size="h2">
          {title}
        </Title>
        {description && <Text c="dimmed">{description}</Text>}
      </Stack>
      {children && <Group gap="sm">{children}</Group>}
    </Group>
  )
}
