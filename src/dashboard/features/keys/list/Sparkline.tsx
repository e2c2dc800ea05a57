import { wholeText } from '../../../ui/format/formatNumber.ts'
import classes from './Keys.module.css'

const WIDTH = 96
const HEIGHT = 24

/** Requests of the last 24 hours, an hour a bar; the number says it to those who do not see it. */
export function Sparkline({ hours, total }: { hours: number[]; total: number }) {
  const most = Math.max(...hours, 1)
  const step = WIDTH / hours.length
  return (
    <span className={classes.spark}>
      <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <path
          d={hours
            .map((count, hour) => {
              const height = count === 0 ? 1 : Math.max(2, (count / most) * HEIGHT)
              return `M${(hour + 0.5) * step} ${HEIGHT}v${-height}`
            })
            .join('')}
          strokeWidth={step - 1}
        />
      </svg>
      <span className="numbers">{wholeText(total)}</span>
    </span>
  )
}
