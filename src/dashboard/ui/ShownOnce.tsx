import { Alert, Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Copy } from './Copy.tsx'

type Props = {
  label: string
  /** As a sentence has it, e.g. `the key`. */
  what: string
  secret: string
  /** What to do with it, and what if it is lost. */
  advice: string
  /** The confirmation that it is stored. */
  confirmation: string
  onClose: () => void
  children?: ReactNode
}

/** A secret, the only time that it is shown. The dialog can be left once the person confirms that it is stored. */
export function ShownOnce({ label, what, secret, advice, confirmation, onClose, children }: Props) {
  const [isKept, setKept] = useState(false)
  return (
    <Stack>
      <Alert variant="light" role="status" title="Shown only once">
        <Text size="sm">{advice}</Text>
      </Alert>
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <TextInput
          flex={1}
          label={label}
          value={secret}
          readOnly
          classNames={{ input: 'mono' }}
          onFocus={(event) => event.currentTarget.select()}
          data-autofocus
        />
        <Copy value={secret} what={what} />
      </Group>
      {children}
      <Checkbox
        label={confirmation}
        checked={isKept}
        onChange={(event) => setKept(event.currentTarget.checked)}
      />
      <Group justify="flex-end">
        <Button onClick={onClose} disabled={!isKept}>
          Done
        </Button>
      </Group>
    </Stack>
  )
}
