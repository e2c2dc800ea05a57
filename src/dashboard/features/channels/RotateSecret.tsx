import { Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { client } from '../../api/client.ts'
import { secretOf } from '../../api/runCommand.ts'
import type { Channel } from '../../api/types.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CommandNotice } from '../../ui/CommandNotice.tsx'
import { SigningSecret } from '../../ui/channels/SigningSecret.tsx'
import { DialogButtons } from '../../ui/DialogButtons.tsx'
import { SecretDialog } from '../../ui/SecretDialog.tsx'

type Props = { channel: Channel; onClose: () => void }

/** Gives a webhook a new signing secret and shows it once. */
export function RotateSecret({ channel, onClose }: Props) {
  const [secret, setSecret] = useState<string>()
  const rotate = useCommand(
    (_: undefined, header) =>
      client.POST('/channels/{id}/rotate-secret', { params: { path: { id: channel.id }, header } }),
    {
      changes: ['channels'],
      onDone: (outcome) => setSecret(secretOf(outcome) ?? ''),
    },
  )
  return (
    <SecretDialog
      titles={{ asking: `Rotate the signing secret of ${channel.name}?`, showing: 'The signing secret' }}
      secret={secret}
      isPending={rotate.isPending}
      onClose={onClose}
      show={(value) => <SigningSecret secret={value} onClose={onClose} />}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          rotate.run(undefined)
        }}
      >
        <Stack>
          <Text size="sm">
            You get a new secret. For 24 hours, each message carries two signatures, one by the new secret and
            one by the old one, so that you can change your receiver without losing a message.
          </Text>
          <CommandNotice error={rotate.error} operationId={rotate.operationId} mustStay />
          <DialogButtons
            label="Rotate the secret"
            isPending={rotate.isPending}
            onCancel={onClose}
            mustStay={rotate.isPending}
          />
        </Stack>
      </form>
    </SecretDialog>
  )
}
