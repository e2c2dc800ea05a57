import { type JobDefinition, type JobName, jobs } from '../../domain/jobs.ts'
import { schedules } from '../../workers/schedules/schedules.ts'
import { code, table } from './table.ts'

export function jobTable(): string {
  const rows = Object.entries<JobDefinition>(jobs).map(([name, { queue, retry, summary }]) => [
    code(name),
    `${summary}.`,
    code(queue),
    runs(name as JobName),
    retries(retry),
  ])
  return table(['job', 'what it does', 'queue', 'runs', 'runs at most, delay between them'], rows)
}

function runs(name: JobName): string {
  const { every, pattern = '' } = schedules.find(({ job }) => job === name) ?? {}
  if (every !== undefined) return `every ${duration(every)}`
  const [second = '', minute = '', hour = ''] = pattern.split(' ')
  if (!pattern) return 'on demand'
  if (hour === '*') return `each minute, at second ${second.replace(',', ' and ')}`
  return `daily, at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')} UTC`
}

function retries({ attempts, delayMs, maxDelayMs = 60_000, parkAfter }: JobDefinition['retry']): string {
  const delays = `${duration(delayMs)} to ${duration(maxDelayMs)}`
  if (parkAfter !== undefined)
    return `no limit, ${delays}; parked when Postgres refuses it ${parkAfter} times`
  return `${new Intl.NumberFormat('en').format(attempts)}, ${delays}`
}

function duration(ms: number): string {
  if (ms >= 3_600_000) return `${ms / 3_600_000} h`
  if (ms >= 60_000) return `${ms / 60_000} min`
  return ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`
}
