import { Code, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Copy } from '../../components/Copy.tsx'
import { ShownOnce } from '../../components/ShownOnce.tsx'

type Props = { secret: string; close: () => void; children?: ReactNode }

/** A key's value, the only time that it is shown, ready to be put where it belongs. */
export function KeyShown({ secret, close, children }: Props) {
  const request = `curl ${location.origin}/api-keys -H "Authorization: Bearer $PICTIFY_API_KEY"`
  return (
    <ShownOnce
      label="API key"
      what="the key"
      secret={secret}
      advice="Copy it now. We keep its hash alone and cannot show it again; a lost key is rotated."
      kept="I have saved the key where I find it again"
      close={close}
    >
      <Line label="For .env" value={`PICTIFY_API_KEY=${secret}`} />
      <Line label="To try it" value={request} />
      {children}
    </ShownOnce>
  )
}

function Line({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {label}
      </Text>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Code block flex={1} style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={label}>
          {value}
        </Code>
        <Copy value={value} what={label.toLowerCase()} />
      </Group>
    </div>
  )
}
