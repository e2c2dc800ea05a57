import { Alert, Button, Checkbox, Code, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'

type Props = { secret: string; close: () => void; children?: ReactNode }

/** A key's value, the only time that it is shown, ready to be put where it belongs. It leaves the page with the dialog. */
export function KeyShown({ secret, close, children }: Props) {
  const [isKept, setKept] = useState(false)
  const request = `curl ${location.origin}/api-keys -H "Authorization: Bearer $PICTIFY_API_KEY"`
  return (
    <Stack>
      <Alert variant="light" role="status" title="It is shown this once">
        <Text size="sm">
          Copy it now. We keep its hash alone and cannot show it again; a lost key is rotated.
        </Text>
      </Alert>
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <TextInput
          flex={1}
          label="API key"
          value={secret}
          readOnly
          classNames={{ input: 'mono' }}
          onFocus={(event) => event.currentTarget.select()}
          data-autofocus
        />
        <Copy value={secret} what="the key" />
      </Group>
      <Line label="For .env" value={`PICTIFY_API_KEY=${secret}`} />
      <Line label="To try it" value={request} />
      {children}
      <Checkbox
        label="I have saved the key where I find it again"
        checked={isKept}
        onChange={(event) => setKept(event.currentTarget.checked)}
      />
      <Group justify="flex-end">
        <Button onClick={close} disabled={!isKept}>
          Done
        </Button>
      </Group>
    </Stack>
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

function Copy({ value, what }: { value: string; what: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          onClick={copy}
          aria-label={copied ? 'Copied' : `Copy ${what}`}
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        >
          <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
        </Button>
      )}
    </CopyButton>
  )
}
