import { ActionIcon, Anchor, Badge, Button, Skeleton, Stack, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconChevronRight, IconCircleCheck, IconCircleX, IconClock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { Link } from 'react-router'
import { client } from '../../api/client.ts'
import { messageOf } from '../../api/ProblemError.ts'
import { useCommand } from '../../api/useCommand.ts'
import { LoadError } from '../../components/LoadError.tsx'
import { TimeText } from '../../components/TimeText.tsx'
import { Attempts } from './Attempts.tsx'
import classes from './NotificationLog.module.css'
import { type Notification, notificationQuery } from './notificationQueries.ts'

type Props = {
  notification: Notification
  /** Of a channel or a rule; undefined where there is none with this ID. */
  nameOf: (id: string) => string | undefined
  areNamesKnown: boolean
}

const words: Record<Notification['type'], string> = {
  'alert.firing': 'Firing',
  'alert.resolved': 'Resolved',
  'alert.test': 'Test',
  'channel.verify': 'Link to confirm the address',
  'channel.disabled': 'Channel was disabled, told to the admins',
}

const looks = {
  delivered: { label: 'Delivered', colour: 'green', icon: IconCircleCheck },
  pending: { label: 'On its way', colour: 'yellow', icon: IconClock },
  failed: { label: 'Given up', colour: 'red', icon: IconCircleX },
} as const

/** One message, and below it what was tried. */
export function NotificationRow({ notification: one, nameOf, areNamesKnown }: Props) {
  const [isOpen, setOpen] = useState(false)
  const details = useId()
  const rule = one.alertId === null ? undefined : nameOf(one.alertId)
  const title = rule === undefined ? words[one.type] : `${words[one.type]}: ${rule}`
  const channel = nameOf(one.channelId) ?? (areNamesKnown ? 'deleted since' : '…')
  return (
    <>
      <Table.Tr>
        <Table.Td className={classes.chevron}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Attempts of ${title}, to ${channel}`}
            aria-expanded={isOpen}
            aria-controls={details}
            onClick={() => setOpen(!isOpen)}
          >
            <IconChevronRight size={18} aria-hidden className={isOpen ? classes.turned : undefined} />
          </ActionIcon>
        </Table.Td>
        <Table.Td>
          {rule === undefined ? (
            <Text size="sm">{title}</Text>
          ) : (
            <Text size="sm">
              {words[one.type]}:{' '}
              <Anchor component={Link} to={`/alerts/${one.alertId}`} inherit>
                {rule}
              </Anchor>
            </Text>
          )}
        </Table.Td>
        <Table.Td data-label="Channel">{channel}</Table.Td>
        <Table.Td data-label="Status">
          <Status notification={one} />
        </Table.Td>
        <Table.Td data-label="When">
          <span>
            <TimeText at={one.createdAt} size="sm" />
          </span>
        </Table.Td>
        <Table.Td>
          <SendAgain id={one.id} title={title} channel={channel} />
        </Table.Td>
      </Table.Tr>
      <Table.Tr hidden={!isOpen} id={details}>
        <Table.Td colSpan={6} className={classes.details}>
          {isOpen && <Details id={one.id} />}
        </Table.Td>
      </Table.Tr>
    </>
  )
}

function Status({ notification: { status, attempts, nextAttemptAt } }: { notification: Notification }) {
  const { label, colour, icon: Icon } = looks[status]
  const tried = attempts === 1 ? '1 attempt' : `${attempts} attempts`
  return (
    <Stack gap={2} align="flex-start">
      <Badge variant="light" color={colour} tt="none" leftSection={<Icon size={13} aria-hidden />}>
        {label}
      </Badge>
      {(attempts > 1 || status !== 'delivered') && (
        <Text size="xs" c="dimmed" className="numbers">
          {tried}
          {status === 'pending' && nextAttemptAt !== null && attempts > 0 && (
            <>
              , next <TimeText at={nextAttemptAt} inherit />
            </>
          )}
        </Text>
      )}
    </Stack>
  )
}

function SendAgain({ id, title, channel }: { id: string; title: string; channel: string }) {
  const send = useCommand(() => client.POST('/notifications/{id}/redeliver', { params: { path: { id } } }), {
    changes: ['notifications'],
    onDone: () => notifications.show({ message: `Sent again to ${channel}.` }),
    onError: (error) => notifications.show({ color: 'red', title: 'Not sent', message: messageOf(error) }),
  })
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={send.isPending}
      aria-label={`Send again: ${title}, to ${channel}`}
      onClick={() => send.run(undefined)}
    >
      Send again
    </Button>
  )
}

function Details({ id }: { id: string }) {
  const one = useQuery(notificationQuery(id))
  if (one.error) return <LoadError error={one.error} retry={() => one.refetch()} />
  if (!one.data) return <Skeleton height={48} />
  return <Attempts notification={one.data} attempts={one.data.deliveryAttempts} />
}
