import { Code, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Access } from '../../../api/types.ts'
import { Copy } from '../../../ui/Copy.tsx'
import { ShownOnce } from '../../../ui/ShownOnce.tsx'
import { firstCall } from './firstCall.ts'

type Props = { secret: string; access: Access; onClose: () => void; children?: ReactNode }

/** A key's value, the only time that it is shown, ready to be put where it belongs. */
export function KeyValue({ secret, access, onClose, children }: Props) {
  return (
    <ShownOnce
      label="API key"
      what="the key"
      secret={secret}
      advice="Copy this key now. We store only its hash, so we cannot show it again. If you lose it, rotate the key."
      confirmation="I have stored this key somewhere safe"
      onClose={onClose}
    >
      <Line label="For .env" value={`PICTIFY_API_KEY=${secret}`} />
      <Line label="To try it" value={`PICTIFY_API_KEY=${secret}\n${firstCall(access)}`} />
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
        <Code
          block
          flex={1}
          style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
          role="region"
          aria-label={label}
        >
          {value}
        </Code>
        <Copy value={value} what={label.toLowerCase()} />
      </Group>
    </div>
  )
}
