import { Modal } from '@mantine/core'
import { useState } from 'react'
import { client } from '../../../api/client.ts'
import { keyTopics } from '../../../api/queries/keys.ts'
import { resultOf } from '../../../api/runCommand.ts'
import type { DialogKey, FanOut } from '../../../api/types.ts'
import { useCommand } from '../../../api/useCommand.ts'
import { RevocationResult } from './RevocationResult.tsx'
import { RevokeForm } from './RevokeForm.tsx'

type Props = { apiKey: DialogKey; onClose: () => void }

/** Revokes a key, and says where that is true as it becomes so. */
export function RevokeKey({ apiKey, onClose }: Props) {
  const [fanOut, setFanOut] = useState<FanOut>()
  const revoke = useCommand(
    (reason: string) =>
      client.POST('/api-keys/{id}/revoke', {
        params: { path: { id: apiKey.id } },
        body: { reason: reason.trim() || null },
      }),
    {
      changes: keyTopics,
      onDone: (outcome) => setFanOut(resultOf(outcome).fanOut),
    },
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={fanOut ? `${apiKey.name} is revoked` : `Revoke ${apiKey.name}?`}
      centered
      closeOnEscape={!revoke.isPending}
      closeOnClickOutside={!revoke.isPending}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {fanOut ? (
        <RevocationResult fanOut={fanOut} onClose={onClose} />
      ) : (
        <RevokeForm apiKey={apiKey} command={revoke} onClose={onClose} />
      )}
    </Modal>
  )
}
