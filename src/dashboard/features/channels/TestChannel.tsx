import { Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { client } from '../../api/client.ts'
import { notificationQuery } from '../../api/queries/notifications.ts'
import { resultOf } from '../../api/runCommand.ts'
import type { Channel } from '../../api/types.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CommandNotice } from '../../ui/CommandNotice.tsx'
import { Attempts } from '../../ui/notifications/Attempts.tsx'

type Props = { channel: Channel; onClose: () => void }

/** Sends a test message, or the link again, and shows what becomes of it. */
export function TestChannel({ channel, onClose }: Props) {
  const isLink = channel.type === 'email' && !channel.verified
  const [id, setId] = useState<string>()
  const test = useCommand(
    (_: undefined, header) =>
      client.POST('/channels/{id}/test', { params: { path: { id: channel.id }, header } }),
    {
      changes: ['channels', 'notifications'],
      onDone: (outcome) => setId(resultOf(outcome).notificationId),
    },
  )
  const begun = useRef(false)
  useEffect(() => {
    // Choosing it in the menu has asked for it; once, also where React mounts twice.
    if (begun.current) return
    begun.current = true
    test.run(undefined)
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={isLink ? `The link for ${channel.name}` : `A test of ${channel.name}`}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <CommandNotice error={test.error} operationId={test.operationId} />
        {!test.error && <Outcome id={id} isLink={isLink} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" component={Link} to={`/notifications?channelId=${channel.id}`}>
            All its messages
          </Button>
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Outcome({ id, isLink }: { id: string | undefined; isLink: boolean }) {
  const { data } = useQuery({ ...notificationQuery(id ?? ''), enabled: id !== undefined })
  const what = isLink ? 'The confirmation link' : 'The message'
  const attempts = data?.deliveryAttempts ?? []
  return (
    <>
      <Text role="status">
        {data?.status === 'delivered'
          ? `${what} was delivered.${isLink ? ' It is valid for 24 hours.' : ''}`
          : data?.status === 'failed'
            ? `${what} was given up.`
            : attempts.length > 0
              ? `${what} was not delivered. We will try again.`
              : `${what} is on its way …`}
      </Text>
      {attempts.length > 0 ? <Attempts notification={data} attempts={attempts} /> : <Skeleton height={64} />}
    </>
  )
}
