import { Alert, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../../api/client.ts'
import { keyQuery, keyTopics } from '../../../api/queries/keys.ts'
import { secretOf } from '../../../api/runCommand.ts'
import type { DialogKey } from '../../../api/types.ts'
import { useCommand } from '../../../api/useCommand.ts'
import { CommandNotice } from '../../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../../ui/DialogButtons.tsx'
import { SecretDialog } from '../../../ui/SecretDialog.tsx'
import { TimeText } from '../../../ui/TimeText.tsx'
import { KeyValue } from './KeyValue.tsx'

type Props = { apiKey: DialogKey; onClose: () => void }

const overlaps = [
  { value: '0', label: 'None: it ends at once' },
  { value: '3600', label: 'One hour' },
  { value: '86400', label: 'One day' },
  { value: '604800', label: 'One week' },
]

/** Replaces a key and shows the new value once, beside whether the old key is still in use. */
export function RotateKey({ apiKey, onClose }: Props) {
  const [overlap, setOverlap] = useState('86400')
  const [done, setDone] = useState<{ secret: string; at: string }>()
  const rotate = useCommand(
    (overlapSeconds: number, header) =>
      client.POST('/api-keys/{id}/rotate', {
        params: { path: { id: apiKey.id }, header },
        body: { overlapSeconds },
      }),
    {
      changes: keyTopics,
      onDone: (outcome) => setDone({ secret: secretOf(outcome) ?? '', at: new Date().toISOString() }),
    },
  )
  return (
    <SecretDialog
      titles={{ asking: `Rotate ${apiKey.name}`, showing: 'Save the new key' }}
      secret={done?.secret}
      isPending={rotate.isPending}
      onClose={onClose}
      show={(secret) => (
        <KeyValue secret={secret} access={apiKey.access} onClose={onClose}>
          {done && overlap !== '0' && <OldKey id={apiKey.id} rotatedAt={done.at} />}
        </KeyValue>
      )}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          rotate.run(Number(overlap))
        }}
      >
        <Stack>
          <Text size="sm">
            You get a new key with the same name, access and addresses. During the overlap both work, so that
            your programs can change over; both count towards the plan’s number of keys.
          </Text>
          <Text size="sm">
            This key was last used <TimeText at={apiKey.lastUsedAt} fw={550} />.
          </Text>
          <Select
            label="Keep the old key working for"
            data={overlaps}
            value={overlap}
            onChange={(value) => setOverlap(value ?? '0')}
            allowDeselect={false}
          />
          <CommandNotice error={rotate.error} operationId={rotate.operationId} mustStay />
          <DialogButtons
            label="Rotate"
            isPending={rotate.isPending}
            onCancel={onClose}
            mustStay={rotate.isPending}
          />
        </Stack>
      </form>
    </SecretDialog>
  )
}

const ASK_AGAIN_MS = 3_000

/** Whether the key that is being replaced still has requests. */
function OldKey({ id, rotatedAt }: { id: string; rotatedAt: string }) {
  const { data } = useQuery({ ...keyQuery(id), refetchInterval: ASK_AGAIN_MS })
  const isUsed = data?.lastUsedAt != null && data.lastUsedAt > rotatedAt
  return (
    <Alert color={isUsed ? 'orange' : 'gray'} variant="light" role="status" mih={56}>
      {data && (
        <Text size="sm">
          {isUsed
            ? 'The old key is still in use: '
            : 'The old key has not been used since. If that stays so, it is safe to revoke. '}
          Last used <TimeText at={data.lastUsedAt} fw={550} />; it ends by itself{' '}
          <TimeText at={data.expiresAt} fw={550} />.
        </Text>
      )}
    </Alert>
  )
}
