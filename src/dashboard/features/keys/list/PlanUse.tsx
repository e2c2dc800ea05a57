import { Group, Progress, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { accountQuery } from '../../../api/queries/usage.ts'
import classes from './Keys.module.css'

/** How many of the plan's keys are in use. Its height is there before the numbers are. */
export function PlanUse() {
  const { data: account } = useQuery(accountQuery)
  return (
    <Group className={classes.plan} gap="xl">
      {account && (
        <>
          <Count label="Live keys" used={account.used.liveKeys} limit={account.limits.liveKeys} />
          <Count label="Test keys" used={account.used.testKeys} limit={account.limits.testKeys} />
          <Text size="sm" c="dimmed">
            Active keys of the plan {account.planLabel}
          </Text>
        </>
      )}
    </Group>
  )
}

function Count({ label, used, limit }: { label: string; used: number; limit: number | null }) {
  const id = useId()
  return (
    <Group gap={8}>
      <Text size="sm" id={id}>
        {label}{' '}
        <Text span fw={600} className="numbers">
          {used}
          {limit === null ? '' : ` of ${limit}`}
        </Text>
      </Text>
      {limit !== null && (
        <Progress.Root size={6} w={72} aria-hidden>
          <Progress.Section
            value={limit === 0 ? 100 : Math.min(100, (100 * used) / limit)}
            color={used >= limit ? 'orange.7' : undefined}
            aria-labelledby={id}
          />
        </Progress.Root>
      )}
    </Group>
  )
}
