import { Progress, Text } from '@mantine/core'
import { useId } from 'react'
import { percentText, wholeText } from '../../ui/format/formatNumber.ts'
import classes from './UsagePage.module.css'

type Props = {
  label: string
  used: number
  /** null: unlimited, and there is nothing to measure against. */
  limit: number | null
  note: string
}

const NEARLY = 80

/** What is used of a limit, in words and as a bar. */
export function Meter({ label, used, limit, note }: Props) {
  const id = useId()
  const percent = limit === null ? 0 : limit === 0 ? 100 : (100 * used) / limit
  return (
    <div>
      <div className={classes.meterHead}>
        <Text size="sm" fw={600} id={id}>
          {label}
        </Text>
        <Text size="sm" className="numbers">
          {wholeText(used)}
          {limit !== null && ` of ${wholeText(limit)}`}
        </Text>
      </div>
      {limit !== null && (
        <Progress.Root size={8} my={6}>
          <Progress.Section
            value={Math.min(100, percent)}
            color={percent > 100 ? 'red.7' : percent >= NEARLY ? 'orange.7' : undefined}
            withAria={false}
            role="meter"
            aria-labelledby={id}
            aria-valuemin={0}
            aria-valuemax={limit}
            aria-valuenow={Math.min(used, limit)}
            aria-valuetext={`${percentText(percent)}: ${wholeText(used)} of ${wholeText(limit)}`}
          />
        </Progress.Root>
      )}
      <Text size="xs" c="dimmed">
        {note}
      </Text>
    </div>
  )
}
