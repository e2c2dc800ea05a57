import classes from './charts.module.css'
import type { Series } from './Series.ts'

/** What stands for a series beside its name: a piece of its line, or its colour. */
export function Mark({ series: { color, dashes } }: { series: Pick<Series, 'color' | 'dashes'> }) {
  if (dashes === undefined)
    return <span className={classes.swatch} style={{ background: color }} aria-hidden />
  return (
    <svg className={classes.dash} width="24" height="8" aria-hidden="true">
      <line x1="0" x2="24" y1="4" y2="4" stroke={color} strokeWidth="2.5" strokeDasharray={dashes} />
    </svg>
  )
}
