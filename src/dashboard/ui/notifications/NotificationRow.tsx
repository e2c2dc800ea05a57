import { ActionIcon, Anchor, Button, Skeleton, Stack, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconChevronRight, IconCircleCheck, IconCircleX, IconClock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { Link } from 'react-router'
import { client } from '../../api/client.ts'
import { messageOf } from '../../api/ProblemError.ts'
import { notificationQuery } from '../../api/queries/notifications.ts'
import type { Channel, Notification } from '../../api/types.ts'
import { useCommand } from '../../api/useCommand.ts'
import { LoadError } from '../LoadError.tsx'
import { StatusBadge } from '../StatusBadge.tsx'
import { TimeText } from '../TimeText.tsx'
import { Attempts } from './Attempts.tsx'
import classes from './NotificationLog.module.css'

type Props = {
  notification: Notification
  /** Undefined where there is none (any more). */
  channel: Pick<Channel, 'name' | 'verified'> | undefined
  ruleName: string | undefined
  /** All of them are of one rule. */
  isRuleKnown: boolean
}

const words: Partial<Record<Notification['type'], string>> = {
  'alert.firing': 'Firing',
  'alert.resolved': 'Resolved',
  'alert.test': 'Test',
  'channel.verify': 'Link to confirm the address',
  'channel.disabled': 'Channel was disabled, admins were notified',
}

const looks = {
  delivered: { label: 'Delivered', tone: 'good', icon: IconCircleCheck },
  pending: { label: 'On its way', tone: 'waiting', icon: IconClock },
  failed: { label: 'Given up', tone: 'bad', icon: IconCircleX },
} as const

/** One message, and below it what was tried. */
export function NotificationRow({ notification: one, channel, ruleName, isRuleKnown }: Props) {
  const [isOpen, setOpen] = useState(false)
  const details = useId()
  const what = one.eventId === null ? (words[one.type] ?? one.type) : `Event ${one.type}`
  const title = ruleName === undefined ? what : `${what}: ${ruleName}`
  const where = channel?.name ?? 'a channel that is deleted'
  return (
    <>
      <Table.Tr>
        <Table.Td className={classes.chevron}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Attempts of ${title}, to ${where}`}
            aria-expanded={isOpen}
            aria-controls={details}
            onClick={() => setOpen(!isOpen)}
          >
            <IconChevronRight size={18} aria-hidden className={isOpen ? classes.turned : undefined} />
          </ActionIcon>
        </Table.Td>
        <Table.Td>
          {ruleName === undefined || isRuleKnown ? (
            <Text size="sm">{what}</Text>
          ) : (
            <Text size="sm">
              {what}:{' '}
              <Anchor component={Link} to={`/alerts/${one.alertId}`} inherit underline="always">
                {ruleName}
              </Anchor>
            </Text>
          )}
        </Table.Td>
        <Table.Td data-label="Channel">
          {channel?.name ?? (
            <Text span size="sm" c="dimmed">
              deleted
            </Text>
          )}
        </Table.Td>
        <Table.Td data-label="Status">
          <Status notification={one} isHeld={channel?.verified === false && one.type !== 'channel.verify'} />
        </Table.Td>
        <Table.Td data-label="When">
          <span>
            <TimeText at={one.createdAt} size="sm" />
          </span>
        </Table.Td>
        <Table.Td className={classes.again}>
          <SendAgain id={one.id} title={title} channel={where} />
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

function Status({ notification, isHeld }: { notification: Notification; isHeld: boolean }) {
  const { status, attempts, nextAttemptAt } = notification
  const { label, tone, icon } = looks[status]
  const tried = attempts === 1 ? '1 attempt' : `${attempts} attempts`
  return (
    <Stack gap={2} align="flex-start">
      <StatusBadge tone={tone} icon={icon}>
        {label}
      </StatusBadge>
      {status === 'pending' && attempts === 0 && isHeld && (
        <Text size="xs" c="dimmed">
          until its channel is verified
        </Text>
      )}
      {attempts > (status === 'delivered' ? 1 : 0) && (
        <Text size="xs" c="dimmed" className="numbers">
          {tried}
          {status === 'pending' && nextAttemptAt !== null && (
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
  const send = useCommand(
    (_: undefined, header) =>
      client.POST('/notifications/{id}/redeliver', { params: { path: { id }, header } }),
    {
      changes: ['notifications'],
      onDone: () => notifications.show({ message: `Sent again to ${channel}.` }),
      onError: (error) => notifications.show({ color: 'red', title: 'Not sent', message: messageOf(error) }),
    },
  )
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
  if (one.error) return <LoadError error={one.error} onRetry={() => one.refetch()} />
  if (!one.data) return <Skeleton height={48} />
  return <Attempts notification={one.data} attempts={one.data.deliveryAttempts} />
}
