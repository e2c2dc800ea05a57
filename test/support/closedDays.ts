import { toRow, type UsageEvent } from '../../src/domain/metering/usageEvent.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { createCommands } from './commandRows.ts'
import { recordedEvents } from './eventRecord.ts'
import type { TestWorker } from './workerContext.ts'

type Content = {
  day: string
  revision: number
  part: number
  parts: number
  totals: Record<string, number>
  keys: { keyId: string; type: string | null; units: number }[]
}

let sent = 0

/** Accounts with usage, and the jobs that announce their days, run in this process. */
export function closedDays(worker: TestWorker) {
  const commands = createCommands(worker)
  const actor = { type: 'operator', id: 'root' } as const
  const announce = (accountId: string) => handlers['announce-account-days'](worker.context, { accountId })
  const queue = worker.context.queues.byName.maintenance
  return {
    commands,
    actor,
    announce,
    key: async (accountId: string, type: 'live' | 'test' = 'live') => {
      const payload = { ...commands.newKey(), ...commands.newSecret(), type }
      const commandId = await commands.submit('create-api-key', accountId, payload, { actor })
      await handlers['create-api-key'](worker.context, { commandId })
      return payload.keyId
    },
    /** Reports requests, as a worker counts them. */
    use: (accountId: string, keyId: string, at: number | string, more: Partial<UsageEvent> = {}) => {
      sent += 1
      const event = {
        id: `closed-${sent}`,
        keyId,
        accountId,
        at: new Date(at).getTime(),
        status: 200,
        units: 1,
      }
      return handlers['roll-up-events'](worker.context, { events: [toRow({ ...event, ...more })] })
    },
    /** Lists the accounts that are due, and returns them without running their jobs. */
    list: async () => {
      await handlers['announce-usage-days'](worker.context, {})
      const jobs = await queue.getJobs(['wait', 'prioritized'])
      await queue.drain()
      return jobs
        .filter(({ name }) => name === 'announce-account-days')
        .map(({ data }) => data.accountId as string)
    },
    announced: async (accountId: string): Promise<Content[]> => {
      const events = await recordedEvents(worker, { accountId, types: ['usage.day_closed'] })
      return events.map(({ data }) => data as Content)
    },
  }
}
