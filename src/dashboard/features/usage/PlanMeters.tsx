import { Group, Paper, Text, Title } from '@mantine/core'
import type { Account } from '../../api/types.ts'
import { wholeText } from '../../ui/format/formatNumber.ts'
import { Meter } from './Meter.tsx'
import classes from './UsagePage.module.css'

/** How much of its plan the account uses. */
export function PlanMeters({ account: { planLabel, limits, used } }: { account: Account }) {
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="plan">
      <Group justify="space-between" gap={4} mb="sm">
        <Title order={2} size="h5" id="plan">
          Plan: {planLabel}
        </Title>
        <Text size="sm" c="dimmed">
          {perKeyText(limits)}
        </Text>
      </Group>
      <div className={classes.meters}>
        <Meter
          label="Renders this month"
          used={used.rendersThisMonth}
          limit={limits.rendersPerMonth}
          note={rendersNote(used.rendersThisMonth, limits)}
        />
        <Meter
          label="Live keys"
          used={used.liveKeys}
          limit={limits.liveKeys}
          note={keysNote(used.liveKeys, limits.liveKeys)}
        />
        <Meter
          label="Test keys"
          used={used.testKeys}
          limit={limits.testKeys}
          note={keysNote(used.testKeys, limits.testKeys)}
        />
      </div>
    </Paper>
  )
}

function perKeyText({ requestsPerMinute, requestsPerDay }: Account['limits']): string {
  const limits = [
    requestsPerMinute !== null && `${wholeText(requestsPerMinute)} a minute`,
    requestsPerDay !== null && `${wholeText(requestsPerDay)} a day`,
  ].filter(Boolean)
  return limits.length === 0 ? 'Each key: any number of requests' : `Each key: ${limits.join(', ')}`
}

function rendersNote(used: number, { rendersPerMonth: limit, rendersHard }: Account['limits']): string {
  if (limit === null) return 'No limit.'
  if (used > limit) return `${wholeText(used - limit)} over the limit, counted as overage.`
  if (rendersHard)
    return used === limit
      ? 'Used up: further renders are refused until the month ends.'
      : 'Renders above the limit are refused.'
  return 'Renders above the limit count as overage.'
}

function keysNote(used: number, limit: number | null): string {
  if (limit === null) return 'No limit.'
  const left = Math.max(0, limit - used)
  return left === 0 ? 'No further key can be created.' : `${wholeText(left)} more can be created.`
}
