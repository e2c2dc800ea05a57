import { Modal } from '@mantine/core'
import { useState } from 'react'
import { client } from '../../../api/client.ts'
import { CHANGES, type KeyFacts } from '../../../api/queries/keys.ts'
import { useCommand } from '../../../api/useCommand.ts'
import { type FanOut, Revoked } from './RevocationResult.tsx'
import { RevokeForm } from './RevokeForm.tsx'

type Props = { apiKey: KeyFacts; close: () => void }

/** Revokes a key, and says where that is true as it becomes so. */
export function RevokeKey({ apiKey, close }: Props) {
  const [fanOut, setFanOut] = useState<FanOut>()
  const revoke = useCommand(
    (reason: string) =>
      client.POST('/api-keys/{id}/revoke', {
        params: { path: { id: apiKey.id } },
        body: { reason: reason.trim() || null },
      }),
    {
      changes: CHANGES,
      onDone: (outcome) => setFanOut(outcome.done ? outcome.body.fanOut : (outcome.result.fanOut as FanOut)),
    },
  )
  return (
    <Modal
      opened
      onClose={close}
      title={fanOut ? `${apiKey.name} is revoked` : `Revoke ${apiKey.name}?`}
      centered
      closeOnEscape={!revoke.isPending}
      closeOnClickOutside={!revoke.isPending}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {fanOut ? (
        <Revoked fanOut={fanOut} close={close} />
      ) : (
        <RevokeForm
          apiKey={apiKey}
          revoke={revoke.run}
          isPending={revoke.isPending}
          error={revoke.error}
          operationId={revoke.operationId}
          close={close}
        />
      )}
    </Modal>
  )
}
