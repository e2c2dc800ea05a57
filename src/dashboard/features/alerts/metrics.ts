import type { Metric } from '../../api/types.ts'

type Facts = {
  /** In a list of choices. */
  label: string
  /** Below the choice: what it looks at. */
  about: string
  group: 'Classic' | 'Detectors' | 'Keys'
  /** Of a threshold; undefined: the metric finds its own. */
  unit?: 'requests' | '%' | 'ms' | 'days'
  /** What a new rule begins with. */
  start?: number
  /** Whether it is measured over the rule's window, and has to hold for a while. */
  windowed: boolean
}

const latency = (label: string, about: string, start: number): Facts => ({
  label,
  about,
  group: 'Classic',
  unit: 'ms',
  start,
  windowed: true,
})

/** Every metric in the order in which they are offered. */
export const metrics: Record<Metric, Facts> = {
  requests: {
    label: 'Requests',
    about: 'How many requests there are in the window.',
    group: 'Classic',
    unit: 'requests',
    start: 1000,
    windowed: true,
  },
  error_rate: {
    label: 'Error rate',
    about: 'The share of requests that were answered with a status of 400 or above.',
    group: 'Classic',
    unit: '%',
    start: 5,
    windowed: true,
  },
  latency_mean: latency('Latency, mean', 'The average time that requests took.', 1000),
  latency_p50: latency('Latency, median (p50)', 'Half of the requests took longer than this.', 1000),
  latency_p95: latency('Latency, p95', 'One request in 20 took longer than this.', 2000),
  latency_p99: latency('Latency, p99', 'One request in 100 took longer than this.', 5000),
  plan_usage: {
    label: 'Plan usage',
    about: 'The month’s renders of the account, or the day’s requests of a key, in percent of the plan.',
    group: 'Classic',
    unit: '%',
    start: 80,
    windowed: false,
  },
  usage_spike: {
    label: 'Usage spike',
    about:
      'An hour with far more requests than usual at this time of the week. The rule learns what is usual.',
    group: 'Detectors',
    windowed: false,
  },
  unknown_ip: {
    label: 'Unknown IP address',
    about: 'A key is used from a network that it was not used from in the five weeks before.',
    group: 'Detectors',
    windowed: false,
  },
  unusual_errors: {
    label: 'Unusual errors',
    about: 'A kind of error has a clearly larger share than in the seven days before.',
    group: 'Detectors',
    windowed: true,
  },
  unusual_hours: {
    label: 'Unusual hours',
    about: 'A key is used at a time of the week at which it is practically never used.',
    group: 'Detectors',
    windowed: false,
  },
  key_expiring: {
    label: 'Key expires soon',
    about: 'Days before a key expires.',
    group: 'Keys',
    unit: 'days',
    start: 14,
    windowed: false,
  },
  key_unused: {
    label: 'Key is not used',
    about: 'Days since a key was last used, or created. Revoke unused keys.',
    group: 'Keys',
    unit: 'days',
    start: 90,
    windowed: false,
  },
  key_old: {
    label: 'Key is old',
    about: 'Days since a key was created: time to rotate it.',
    group: 'Keys',
    unit: 'days',
    start: 365,
    windowed: false,
  },
}

/** Whether the metric looks at each key alone, also in a rule over the account: then at every active key. */
export const isPerKey = (metric: Metric) =>
  metric === 'unknown_ip' || metric === 'unusual_hours' || metrics[metric].group === 'Keys'

const GROUPS = ['Classic', 'Detectors', 'Keys'] as const

/** As a select takes them. */
export const metricChoices = GROUPS.map((group) => ({
  group,
  items: (Object.keys(metrics) as Metric[])
    .filter((metric) => metrics[metric].group === group)
    .map((metric) => ({ value: metric, label: metrics[metric].label })),
}))
