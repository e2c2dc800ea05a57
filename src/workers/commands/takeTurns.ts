import { DelayedError, type Job } from 'bullmq'

/** How many jobs of one account run at once in one worker. Most of them wait for the account's lock anyway. */
const AT_ONCE = 2

/** A job that has no turn comes back by itself after this long, should the worker that parked it die. */
const PARKED_MS = 5_000

type Account = { running: number; parked: Map<string, Job> }

type Run = (job: Job, token?: string) => Promise<unknown>

/**
 * Runs jobs that carry an `accountId` so that no account takes all places of a queue: one above the account's number
 * is put back into the queue, and called when one of the account's is through. Its place is free for another account
 * meanwhile.
 */
export function takeTurns(run: Run, atOnce = AT_ONCE): Run {
  const accounts = new Map<string, Account>()

  /** Calls parked jobs, the first parked first, until one comes. Others may have come by themselves. */
  const call = async (account: Account) => {
    for (const [id, job] of account.parked) {
      account.parked.delete(id)
      const isCalled = await job.promote().then(
        () => true,
        () => false,
      )
      if (isCalled) return
    }
  }

  return async (job, token) => {
    const { accountId } = job.data as { accountId?: string }
    if (accountId === undefined) return run(job, token)
    const account = accounts.get(accountId) ?? { running: 0, parked: new Map<string, Job>() }
    accounts.set(accountId, account)
    account.parked.delete(job.id ?? '')
    if (account.running >= atOnce) {
      await job.moveToDelayed(Date.now() + PARKED_MS, token)
      account.parked.set(job.id ?? '', job)
      if (account.running < atOnce) await call(account)
      throw new DelayedError()
    }
    account.running += 1
    try {
      return await run(job, token)
    } finally {
      account.running -= 1
      await call(account)
      if (account.running === 0 && account.parked.size === 0) accounts.delete(accountId)
    }
  }
}
