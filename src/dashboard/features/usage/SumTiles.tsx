import { Paper, Text } from '@mantine/core'
import { percentText, wholeText } from '../../ui/format/formatNumber.ts'
import classes from './UsagePage.module.css'
import type { Sums } from './usageByKey.ts'

/** The sums of all that is shown. */
export function SumTiles({ sums: { requests, errors, refused } }: { sums: Sums }) {
  const tiles = [
    ['Requests', wholeText(requests)],
    ['Errors', wholeText(errors)],
    ['Error rate', requests === 0 ? '–' : percentText((100 * errors) / requests)],
    ['Refused', wholeText(refused)],
  ]
  return (
    <dl className={classes.tiles}>
      {tiles.map(([name, value]) => (
        <Paper key={name} withBorder px="md" py="sm">
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" fz={26} fw={650} lh={1.3} className="numbers">
            {value}
          </Text>
        </Paper>
      ))}
    </dl>
  )
}
