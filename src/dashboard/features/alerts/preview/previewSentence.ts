import type { Preview } from '../../../api/types.ts'
import { relativeText } from '../../../ui/format/formatTime.ts'
import { lengthText } from '../durationWords.ts'
import { measureText } from '../measureText.ts'

/** What a rule would have done, in a sentence or two. */
export function previewSentence(preview: Preview): string {
  const { incidents, grains, metric } = preview
  if (grains.length === 0) return 'This rule cannot be previewed: there is not enough data of the past.'
  const values = preview.series.flatMap(({ points }) => points.filter(({ value }) => value !== null))
  if (values.length === 0) return 'Nothing was measured in the last seven days, so it would not have fired.'
  if (incidents.length === 0) {
    const highest = values.reduce((high, point) => ((point.value ?? 0) > (high.value ?? 0) ? point : high))
    const when = relativeText(highest.at, Date.parse(preview.to))
    return `It would not have fired in the last 7 days. The highest was ${measureText(metric, highest.value)}, ${when}.`
  }
  const times = incidents.length === 1 ? 'once' : `${incidents.length} times`
  const end = (at: string | null) => Date.parse(at ?? preview.to)
  const lasted = incidents.reduce((sum, one) => sum + end(one.resolvedAt) - Date.parse(one.startedAt), 0)
  const sent = preview.notifications
  const now = incidents.some(({ resolvedAt }) => resolvedAt === null) ? ' It would be firing now.' : ''
  return `It would have fired ${times} in the last 7 days, for ${lengthText(lasted)} in all, and sent ${sent} ${sent === 1 ? 'message' : 'messages'} to each channel.${now}`
}
