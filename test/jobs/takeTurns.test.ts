import type { Job } from 'bullmq'
import { expect, it } from 'vitest'
import { takeTurns } from '../../src/workers/commands/takeTurns.ts'

/** A job of an account as a worker hands it out. `events` says what was done with it. */
function jobOf(accountId: string | null, id: string, events: string[]): Job {
  return {
    id,
    data: accountId === null ? {} : { accountId },
    moveToDelayed: async () => void events.push(`${id} parked`),
    promote: async () => void events.push(`${id} called`),
  } as unknown as Job
}

/** Jobs that end their turn, and end, on request. */
function startJobs() {
  const events: string[] = []
  const running = new Map<string, { endTurn: () => void; end: () => void; fail: () => void }>()
  const turns = takeTurns(
    (job, _token, endTurn) =>
      new Promise<void>((resolve, reject) => {
        events.push(`${job.id} runs`)
        running.set(job.id ?? '', { endTurn, end: resolve, fail: () => reject(new Error('failed')) })
      }),
  )
  const ended = new Map<string, Promise<unknown>>()
  const start = async (id: string, accountId: string | null = 'acct_a') => {
    ended.set(
      id,
      turns(jobOf(accountId, id, events)).catch((error: Error) => error.name),
    )
    await settled()
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const tell = async (id: string, what: 'endTurn' | 'end' | 'fail') => {
    running.get(id)?.[what]()
    if (what !== 'endTurn') await ended.get(id)
    await settled()
    return events.splice(0)
  }
  return { start, tell, events: () => events.splice(0), ended }
}

it('two jobs of an account change something at once; the third is called when one has made its change', async () => {
  const { start, tell, events, ended } = startJobs()
  for (const id of ['1', '2', '3']) await start(id)
  expect(events()).toEqual(['1 runs', '2 runs', '3 parked'])
  expect(await ended.get('3')).toBe('DelayedError')
  await start('other', 'acct_b')
  expect(events()).toEqual(['other runs'])
  expect(await tell('1', 'endTurn')).toEqual(['3 called'])
  await start('3')
  expect(events()).toEqual(['3 runs'])
  expect(await tell('1', 'end')).toEqual([])
})

it('no more than four jobs of an account run at once, however many have made their change', async () => {
  const { start, tell, events } = startJobs()
  for (const id of ['1', '2', '3', '4']) {
    await start(id)
    await tell(id, 'endTurn')
    // A turn ends once.
    await tell(id, 'endTurn')
  }
  await start('5')
  expect(events()).toEqual(['5 parked'])
  expect(await tell('2', 'end')).toEqual(['5 called'])
})

it('a job that fails leaves its turn to the next', async () => {
  const { start, tell, events } = startJobs()
  for (const id of ['1', '2', '3']) await start(id)
  events()
  expect(await tell('2', 'fail')).toEqual(['3 called'])
})

it('what is of no account takes no turns', async () => {
  const { start, events } = startJobs()
  for (const id of ['1', '2', '3', '4', '5']) await start(id, null)
  expect(events()).toHaveLength(5)
})
