import { Group, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { MINUTE_MS } from '../../api/time.ts'
import type { Attempt, Notification } from '../../api/types.ts'
import { durationText } from '../format/formatNumber.ts'
import { instantText } from '../format/formatTime.ts'
import { TimeText } from '../TimeText.tsx'
import classes from './NotificationLog.module.css'

const outcomes: Record<Attempt['outcome'], string> = {
  delivered: 'Delivered',
  rejected: 'Rejected',
  gone: 'Gone: the receiver refuses further messages',
  timeout: 'No answer in time',
  unreachable: 'Not reachable',
  refused: 'Refused before it was sent',
  'not-sent': 'Not sent',
}

type Props = { notification: Notification | undefined; attempts: Attempt[] }

/** What was tried, newest first, and what comes next. */
export function Attempts({ notification, attempts }: Props) {
  const next = notification?.status === 'pending' ? notification.nextAttemptAt : null
  return (
    <>
      {attempts.length === 0 && next === null && <Text size="sm">No attempt has been made yet.</Text>}
      {next !== null && (
        <Text size="sm" mb={4}>
          {notification?.attempts === 0 ? (
            'Not sent yet: it is about to be sent, or waits until its channel is verified.'
          ) : Date.parse(next) > Date.now() + MINUTE_MS ? (
            <>
              Next attempt <TimeText at={next} inherit />.
            </>
          ) : (
            'We will try again within a minute.'
          )}
        </Text>
      )}
      <ol reversed className={classes.attempts} aria-label="Attempts">
        {attempts.toReversed().map((attempt) => {
          const { number, at, durationMs, outcome, status, response } = attempt
          const Icon = outcome === 'delivered' ? IconCircleCheck : IconCircleX
          return (
            <li key={number} className={classes.attempt}>
              <Text span size="sm" c="dimmed" className="numbers">
                {number}.
              </Text>
              <Group gap="md" className="numbers">
                <Group gap={6} wrap="nowrap">
                  <Icon size={16} aria-hidden />
                  <Text span size="sm" fw={550}>
                    {outcomes[outcome]}
                    {status !== null && ` (${status})`}
                  </Text>
                </Group>
                <Text span size="sm" c="dimmed">
                  {instantText(at)}
                </Text>
                <Text span size="sm" c="dimmed">
                  {durationText(durationMs)}
                </Text>
              </Group>
              {response && <code className={`mono ${classes.response}`}>{response}</code>}
            </li>
          )
        })}
      </ol>
    </>
  )
}
