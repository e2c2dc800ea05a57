import type { Histogram, LabelValues } from 'prom-client'
import { tracing } from './tracing.ts'

/** Observes a time in seconds, with the trace that it belongs to as its exemplar. */
export function observe<Label extends string>(
  histogram: Histogram<Label>,
  labels: LabelValues<Label>,
  value: number,
): void {
  if (!tracing.isOn) {
    histogram.observe(labels, value)
    return
  }
  // The declaration takes the labels of a histogram for those of its exemplars.
  const exemplarLabels = (tracing.ids() ?? {}) as LabelValues<Label>
  histogram.observe({ labels, value, exemplarLabels })
}
