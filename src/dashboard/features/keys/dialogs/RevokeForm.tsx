import { Alert, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { lastHourQuery } from '../../../api/queries/usage.ts'
import type { DialogKey } from '../../../api/types.ts'
import type { Command } from '../../../api/useCommand.ts'
import { CommandNotice } from '../../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../../ui/DialogButtons.tsx'
import { wholeText } from '../../../ui/format/formatNumber.ts'
import { TimeText } from '../../../ui/TimeText.tsx'
import { RegionProgress } from './RegionProgress.tsx'

type Props = { apiKey: DialogKey; command: Command<string>; onClose: () => void }

/** Says what will stop working. A live key that is in use is revoked only by whoever types its name. */
export function RevokeForm({ apiKey, command, onClose }: Props) {
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const { data: requests, isError: isUnknown } = useQuery(lastHourQuery(apiKey.id))
  // A key that leaked is revoked even where nobody can say what it was used for.
  const mustType = apiKey.type === 'live' && (isUnknown || (requests !== undefined && requests > 0))
  const isConfirmed = mustType ? typed === apiKey.name : requests !== undefined || isUnknown
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isConfirmed) command.run(reason)
      }}
    >
      <Stack>
        <Text size="sm">
          It stops working everywhere, at once and permanently. Programs that use it are refused.
        </Text>
        {isUnknown ? (
          <Alert color="orange" variant="light" role="status">
            Its requests of the last hour could not be loaded: it may be in use. Last used{' '}
            <TimeText at={apiKey.lastUsedAt} />.
          </Alert>
        ) : requests === undefined ? (
          <Skeleton height={66} />
        ) : (
          <Alert color={requests > 0 ? 'orange' : 'gray'} variant="light" role="status">
            {requests > 0 ? (
              <Text size="sm">
                <strong>
                  {wholeText(requests)} {requests === 1 ? 'request' : 'requests'}
                </strong>{' '}
                in the last hour came with this key. Such requests will fail.
              </Text>
            ) : (
              <Text size="sm">
                No request in the last hour: safe to revoke. Last used <TimeText at={apiKey.lastUsedAt} />.
              </Text>
            )}
          </Alert>
        )}
        <TextInput
          label="Reason (optional)"
          description="Kept with the key and in the audit log."
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {mustType && (
          <TextInput
            label={`Type ${apiKey.name} to confirm`}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {command.isPending && <RegionProgress id={apiKey.id} />}
        <CommandNotice error={command.error} operationId={command.operationId} />
        <DialogButtons
          label="Revoke"
          isDangerous
          isPending={command.isPending}
          isDisabled={!isConfirmed}
          onCancel={onClose}
        />
      </Stack>
    </form>
  )
}
