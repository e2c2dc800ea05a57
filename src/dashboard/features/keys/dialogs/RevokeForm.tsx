import { Alert, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { KeyFacts } from '../../../api/queries/keys.ts'
import { readPlainSeries } from '../../../api/readSeries.ts'
import { CommandNotice } from '../../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../../ui/DialogButtons.tsx'
import { wholeText } from '../../../ui/format/formatNumber.ts'
import { TimeText } from '../../../ui/TimeText.tsx'
import { RegionProgress } from './RegionProgress.tsx'

type Props = {
  apiKey: KeyFacts
  revoke: (reason: string) => void
  isPending: boolean
  error: unknown
  operationId: string | undefined
  close: () => void
}

const HOUR_MS = 3_600_000

/** Says what will stop working. A live key that is in use is revoked only by whoever types its name. */
export function RevokeForm({ apiKey, revoke, isPending, error, operationId, close }: Props) {
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const { data: requests, isError: isUnknown } = useQuery({
    queryKey: ['usage', 'last hour', apiKey.id],
    queryFn: async ({ signal }) => {
      const from = new Date(Date.now() - HOUR_MS).toISOString()
      const { series } = await readPlainSeries({ from, interval: 'minute', keyId: apiKey.id }, signal)
      return series.reduce((sum, minute) => sum + minute.requests, 0)
    },
  })
  // A key that leaked is revoked even where nobody can say what it was used for.
  const mustType = apiKey.type === 'live' && (isUnknown || (requests !== undefined && requests > 0))
  const isConfirmed = mustType ? typed === apiKey.name : requests !== undefined || isUnknown
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isConfirmed) revoke(reason)
      }}
    >
      <Stack>
        <Text size="sm">
          It stops working at once and for good, everywhere. Programs that present it are refused from then
          on.
        </Text>
        {isUnknown ? (
          <Alert color="orange" variant="light" role="status">
            Its requests of the last hour could not be read: it may be in use. Last used{' '}
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
        {isPending && <RegionProgress id={apiKey.id} />}
        <CommandNotice error={error} operationId={operationId} />
        <DialogButtons
          label="Revoke"
          isDangerous
          isPending={isPending}
          isDisabled={!isConfirmed}
          onCancel={close}
        />
      </Stack>
    </form>
  )
}
