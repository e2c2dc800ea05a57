import type { Service } from '../startService.ts'
import type { UsageEvent } from './events.ts'

const GRAINS = ['minute', 'hour', 'day'] as const

type Sums = { requests: number; clientErrors: number; serverErrors: number; timed: number; latencyMs: number }

/** What Postgres has to hold once everything that was acknowledged is rolled up. */
export class Expected {
  readonly #sums: Sums = { requests: 0, clientErrors: 0, serverErrors: 0, timed: 0, latencyMs: 0 }
  readonly #requestsOf = new Map<string, number>()
  #accepted = 0

  add(events: UsageEvent[]): void {
    for (const { keyId, status, latencyMs, requestId } of events) {
      this.#accepted += 1
      if (requestId === undefined) {
        this.#sums.requests += 1
        this.#requestsOf.set(keyId, (this.#requestsOf.get(keyId) ?? 0) + 1)
      }
      if (status >= 500) this.#sums.serverErrors += 1
      else if (status >= 400) this.#sums.clientErrors += 1
      this.#sums.timed += 1
      this.#sums.latencyMs += latencyMs
    }
  }

  /** What differs, at every grain, in all and by key; empty when all is exact. */
  async compare(query: Service['query']): Promise<string[]> {
    const faults: string[] = []
    for (const grain of GRAINS) {
      const rows = await query<Record<keyof Sums | 'keyId' | 'binned', string>>(
        `select key_id as "keyId", sum(requests) as requests, sum(client_errors) as "clientErrors",
           sum(server_errors) as "serverErrors", sum(latency_count) as timed, sum(latency_sum) as "latencyMs",
           sum((select coalesce(sum(n::bigint), 0) from jsonb_each_text(latency_bins) as b (bin, n))) as binned
         from usage_${grain} group by key_id`,
        [],
      )
      const sum = (name: keyof Sums | 'binned') => rows.reduce((total, row) => total + Number(row[name]), 0)
      for (const name of ['requests', 'clientErrors', 'serverErrors', 'timed'] as const) {
        if (sum(name) !== this.#sums[name])
          faults.push(`usage_${grain}: ${name} ${sum(name)}, where ${this.#sums[name]} were acknowledged`)
      }
      if (sum('binned') !== this.#sums.timed)
        faults.push(`usage_${grain}: ${sum('binned')} latencies in bins`)
      // Sums of floating-point numbers depend on their order, in the last digits.
      if (Math.abs(sum('latencyMs') / this.#sums.latencyMs - 1) > 1e-9)
        faults.push(`usage_${grain}: latencies sum up to ${sum('latencyMs')}, not ${this.#sums.latencyMs}`)
      const wrong = rows.filter((row) => Number(row.requests) !== (this.#requestsOf.get(row.keyId) ?? 0))
      if (wrong.length > 0) faults.push(`usage_${grain}: ${wrong.length} keys have other counts`)
    }
    const [accepted] = await query<{ n: string }>(
      'select coalesce(sum(events + completions), 0) as n from usage_accepted',
      [],
    )
    if (Number(accepted?.n) !== this.#accepted)
      faults.push(`usage_accepted: ${accepted?.n}, where ${this.#accepted} were acknowledged`)
    return faults
  }
}
