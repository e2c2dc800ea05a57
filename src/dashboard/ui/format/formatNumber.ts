const whole = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** `12,345` */
export const wholeText = (count: number) => whole.format(count)

/** `12.3K`, where space is short */
export const shortText = (count: number) => short.format(count)

/** `0.25 %`; a share that is not zero never reads as `0 %`. `percent` is 0 to 100. */
export function percentText(percent: number): string {
  if (percent > 0 && percent < 0.01) return '< 0.01 %'
  return `${Number(percent.toFixed(percent < 10 ? 2 : 1))} %`
}

/** `840 ms`, `1.25 s`; `null` (nothing was measured) is a dash. */
export function durationText(ms: number | null): string {
  if (ms === null) return '–'
  if (ms < 1000) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`
  return `${Number((ms / 1000).toFixed(2))} s`
}
