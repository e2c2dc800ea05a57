import { SegmentedControl } from '@mantine/core'
import type { UsageRange } from '../api/ranges.ts'
import classes from './charts.module.css'
import { RANGES } from './ranges.ts'

type Props<Name extends UsageRange> = {
  names: readonly Name[]
  value: Name
  onChange: (name: Name) => void
}

export function RangeSwitch<Name extends UsageRange>({ names, value, onChange }: Props<Name>) {
  return (
    <SegmentedControl
      aria-label="Time range"
      className={classes.ranges}
      classNames={{ label: classes.range }}
      value={value}
      onChange={(name) => onChange(name as Name)}
      data={names.map((name) => ({ value: name, label: RANGES[name].label }))}
    />
  )
}
