import { Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { client } from '../../api/client.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CommandNotice } from '../../components/CommandNotice.tsx'
import { DialogButtons } from '../../components/DialogButtons.tsx'
import type { Channel } from '../alerts/alertQueries.ts'
import { SecretShown } from './SecretShown.tsx'

type Props = { channel: Channel; close: () => void }

/** Gives a webhook another signing secret and shows it, this once. */
export function RotateSecret({ channel, close }: Props) {
  const [secret, setSecret] = useState<string>()
  const rotate = useCommand(
    (_: undefined, header) =>
      client.POST('/channels/{id}/rotate-secret', { params: { path: { id: channel.id }, header } }),
    {
      changes: ['channels'],
      onDone: (outcome) => setSecret(outcome.done ? outcome.body.secret : outcome.accepted.secret),
    },
  )
  return (
    <Modal
      opened
      onClose={close}
      title={secret === undefined ? `Rotate the signing secret of ${channel.name}?` : 'The signing secret'}
      size="lg"
      centered
      withCloseButton={secret === undefined}
      closeOnEscape={secret === undefined}
      closeOnClickOutside={secret === undefined}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {secret === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            rotate.run(undefined)
          }}
        >
          <Stack>
            <Text size="sm">
              You get another secret. For 24 hours each message carries two signatures, by the new one and by
              the former one, so that your receiver can change over in its own time.
            </Text>
            <CommandNotice error={rotate.error} operationId={rotate.operationId} mustStay />
            <DialogButtons label="Rotate the secret" isPending={rotate.isPending} onCancel={close} />
          </Stack>
        </form>
      ) : (
        <SecretShown secret={secret} close={close} />
      )}
    </Modal>
  )
}
