import { Alert, Button, Checkbox, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'

type Props = { secret: string; close: () => void }

/** A signing secret, the only time that it is shown. The way out opens once somebody says that it is kept. */
export function SecretShown({ secret, close }: Props) {
  const [isKept, setKept] = useState(false)
  return (
    <Stack>
      <Alert variant="light" role="status" title="It is shown this once">
        <Text size="sm">
          Put it where your receiver finds it, as you would a password. It signs every message; with it your
          receiver tells ours from forged ones. If it is lost, rotate it.
        </Text>
      </Alert>
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <TextInput
          flex={1}
          label="Signing secret"
          value={secret}
          readOnly
          classNames={{ input: 'mono' }}
          onFocus={(event) => event.currentTarget.select()}
          data-autofocus
        />
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            >
              <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
            </Button>
          )}
        </CopyButton>
      </Group>
      <Checkbox
        label="I have kept the secret where I find it again"
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
