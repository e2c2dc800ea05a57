import { Paper, Text } from '@mantine/core'
import { KEY_RANGES } from '../../../api/ranges.ts'
import type { KeyUsage, WindowUsage } from '../../../api/types.ts'
import { RANGES } from '../../../charts/ranges.ts'
import { durationText, percentText, wholeText } from '../../../ui/format/formatNumber.ts'
import classes from './KeyPage.module.css'

/** What the key was used for in each of the three windows. */
export function UsageTiles({ usage }: { usage: KeyUsage }) {
  return (
    <dl className={classes.tiles}>
      {KEY_RANGES.map((name) => (
        <Paper key={name} withBorder px="md" py="sm">
          <Text component="dt" size="sm" c="dimmed">
            Requests in {RANGES[name].label}
          </Text>
          <Text component="dd" fz={26} fw={650} lh={1.3} className="numbers">
            {wholeText(usage.windows[name].requests)}
          </Text>
          <Text component="dd" size="xs" c="dimmed" className="numbers">
            {restText(usage.windows[name])}
          </Text>
        </Paper>
      ))}
    </dl>
  )
}

const restText = ({ errorRate, refused, latencyMs }: WindowUsage) =>
  [
    `${percentText(100 * errorRate)} errors`,
    `${wholeText(refused)} refused`,
    latencyMs.p95 !== null && `p95 ${durationText(latencyMs.p95)}`,
  ]
    .filter(Boolean)
    .join(' · ')
