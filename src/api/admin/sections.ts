import { succeeded } from '../../domain/backups/backupRules.ts'
import { readBackups } from '../../domain/backups/backupStore.ts'
import { countUndelivered, oldestNotifications } from '../../domain/notifications/deliveryHealth.ts'
import { readRegionStates } from '../../domain/regionStates.ts'
import { isPrimary } from '../../domain/regions.ts'
import { countDiffering } from '../../domain/usage/reconcile.ts'
import type { ApiContext } from '../context.ts'
import { type Html, html } from '../html.ts'
import { bad, tableOf, whole } from './elements.ts'

/** In seconds; docs/operating.md, "What to watch", has the same. */
const LATE_JOB = 2
const LATE_MESSAGE = 60

function ageText(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toFixed(1))} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}

type Sample = { labels: Partial<Record<string, string | number>>; value: number }

/** What /metrics would say, measured now. */
async function measured(api: ApiContext, name: string): Promise<Sample[]> {
  const metric = api.metrics.registry.getSingleMetric(name)
  return metric ? ((await metric.get()).values as Sample[]) : []
}

export async function queuesSection(api: ApiContext): Promise<Html> {
  const jobs = await measured(api, 'keys_queue_jobs')
  const ages = await measured(api, 'keys_queue_oldest_seconds')
  const of = (samples: Sample[], queue: string, state?: string) =>
    samples.find(({ labels }) => labels.queue === queue && labels.state === state)?.value ?? -1
  const count = (value: number) => (value < 0 ? '–' : whole(value))
  const rows = [...api.queues.all.keys()].map((queue) => {
    const oldest = of(ages, queue)
    const failed = of(jobs, queue, 'failed')
    const age = oldest < 0 ? 'away' : ageText(oldest)
    return [
      html`<a href="/admin/queues/queue/${queue}">${queue}</a>`,
      ...['wait', 'active', 'delayed', 'waiting-children'].map((state) => count(of(jobs, queue, state))),
      failed > 0 ? bad(whole(failed)) : count(failed),
      oldest > LATE_JOB || oldest < 0 ? bad(oldest < 0 ? age : `${age}, late`) : age,
    ]
  })
  const numbers = ['Waiting', 'Active', 'Delayed', 'Waiting for regions', 'Failed', 'Oldest waiting']
  return tableOf('Queues', [{ title: 'Queue' }, ...numbers.map((title) => ({ title, isNumber: true }))], rows)
}

export async function regionsSection(api: ApiContext): Promise<Html> {
  const states = await readRegionStates(api.em(), api.env.SHARDS)
  const unlisted = [...api.regions.keys()].filter((name) => !states.some((state) => state.name === name))
  const all = [
    ...states,
    // No worker has listed these yet.
    ...unlisted.map((name) => ({ name, leaseUntil: null, holdsLease: false, owed: 0, lapsed: 0 })),
  ]
  const rows = all.map(async ({ name, leaseUntil, holdsLease, owed, lapsed }) => {
    const server = await readServer(api, name)
    return [
      name,
      server ? server.version : bad('away, or not in REGIONS'),
      html`<span class="mono">${server?.run ?? '–'}</span>`,
      html`<span class="mono">${server?.epoch ?? '–'}</span>`,
      leaseOf(api, name, leaseUntil, holdsLease),
      owed > 0 ? bad(whole(owed)) : '0',
      lapsed > 0 ? bad(whole(lapsed)) : '0',
    ]
  })
  const columns = ['Region', 'Server', 'Run', 'Epoch', 'Lease', 'Changes owed', 'Of them lapsed']
  return tableOf(
    'Regions',
    columns.map((title, index) => ({ title, isNumber: index > 4 })),
    await Promise.all(rows),
  )
}

function leaseOf(api: ApiContext, name: string, until: Date | null, holds: boolean): string | Html {
  if (isPrimary(name)) return 'kept up by every process'
  if (api.env.REGION_LEASE_MS === 0) return 'needs none'
  if (until === null) return bad('was never given one')
  const instant = until.toISOString()
  return holds ? `until ${instant}` : bad(`ran out at ${instant}`)
}

/** Run and epoch as the region's marker has them, shortened; undefined where the region does not answer. */
async function readServer(api: ApiContext, name: string) {
  const region = api.regions.get(name)
  try {
    await region?.ready(1_000)
    const [run, epoch] = ((await region?.marker()) ?? '').split('|')
    const info = String(await region?.redis.info('server'))
    return run && epoch
      ? { run: run.slice(0, 8), epoch: epoch.slice(0, 8), version: versionIn(info) }
      : undefined
  } catch {
    return undefined
  }
}

/** Valkey says of itself which Redis it is like, too. */
function versionIn(info: string): string {
  const valkey = /valkey_version:(\S+)/.exec(info)?.[1]
  return valkey ? `Valkey ${valkey}` : `Redis ${/redis_version:(\S+)/.exec(info)?.[1] ?? ''}`
}

export async function notificationsSection(api: ApiContext): Promise<Html> {
  const { pending, due, failed } = await countUndelivered(api.em())
  const oldest = await oldestNotifications(api.em())
  const lateness = `${whole(due)}, the oldest ${ageText(oldest.due)} late`
  const age = pending === 0 ? 'none' : `${whole(pending)}, the oldest for ${ageText(oldest.undelivered)}`
  return html`<p>On their way: ${age}.</p>
<p>Due: ${oldest.due > LATE_MESSAGE ? bad(lateness) : due === 0 ? 'none' : lateness}.</p>
<p>Given up in the last 24 hours: ${failed > 0 ? bad(whole(failed)) : 'none'}.</p>`
}

/** A backup is due every day, and its restoring every week; a day more is late. */
const LATE_BACKUP_HOURS = 26
export async function backupsSection(api: ApiContext): Promise<Html> {
  const backups = await readBackups(api.em())
  const [last] = backups
  if (!last)
    return html`<p>None were made. Workers with <span class="mono">BACKUP_DIR</span> make one a day.</p>`
  const made = backups.find(succeeded)
  const checked = backups.find(({ checkedAt }) => checkedAt !== null)
  const hours = made ? (api.now().getTime() - made.startedAt.getTime()) / 3_600_000 : Number.POSITIVE_INFINITY
  const of = made && `${made.id}, ${whole(made.bytes ?? 0)} bytes, on ${made.host}`
  const failed = last.failure === null ? '' : html` The last attempt failed: ${bad(last.failure)}`
  return html`<p>Newest: ${of === undefined ? bad('none') : hours > LATE_BACKUP_HOURS ? bad(`${of}, late`) : of}.${failed}</p>
<p>Restored and compared: ${checked ? (checked.checkFailure === null ? `${checked.id}, equal` : bad(`${checked.id}. ${checked.checkFailure}`)) : 'not yet'}.</p>`
}

export async function usageSection(api: ApiContext): Promise<Html> {
  const days = await countDiffering(api.em())
  return days === 0
    ? html`<p>The records of every day that was checked agree.</p>`
    : html`<p>${bad(`${whole(days)} account days differ.`)} <span class="mono">bin/keys usage reconcile</span> explains.</p>`
}
