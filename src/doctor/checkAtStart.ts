import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import { diagnose } from './diagnose.ts'
import { gatherFacts } from './gatherFacts.ts'

/**
 * What a process says of its set-up once it runs: a log line for each finding, and nothing on a good set-up. Nobody
 * waits for it, every probe is bounded, and it never fails.
 */
export async function checkAtStart({ log, metrics }: { log: Log; metrics: Metrics }): Promise<void> {
  try {
    const { findings } = diagnose(await gatherFacts({ source: process.env, brief: true }))
    for (const severity of ['error', 'warning'] as const) {
      const count = findings.filter((finding) => finding.severity === severity).length
      metrics.doctorFindings.set({ severity }, count)
    }
    for (const { id, severity, subject, found, expected, fix, docs } of findings)
      log[severity === 'error' ? 'error' : 'warn'](
        { event: 'doctor', check: id, subject, found, expected, fix, docs },
        'the set-up is not as it should be',
      )
  } catch (error) {
    log.warn({ err: error }, 'the set-up could not be checked')
  }
}
