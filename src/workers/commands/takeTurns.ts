import { DelayedError, type Job } from 'bullmq'

/** How many jobs of one account change something at once in one worker. Most of them wait for its lock anyway. */
export const AT_ONCE = 2

/** As many again may be bringing to the regions what they have changed. */
const WITH_ENDING = 2 * AT_ONCE

/** A job that has no turn comes back by itself after this long, should the worker that parked it die. */
const PARKED_MS = 5_000

/** `running` jobs, of which `changing` have not ended their turn. */
type Account = { running: number; changing: number; parked: Map<string, Job> }

const hasRoom = ({ running, changing }: Account) => changing < AT_ONCE && running < WITH_ENDING

/** `endTurn`: the job has made its change, and another one of its account may make the next. */
type Run = (job: Job, token: string | undefined, endTurn: () => void) => Promise<unknown>

/**
 * Runs jobs that carry an `accountId` so that no account takes all places of a queue: one above the account's number
 * is put back into the queue, and called when one of the account's is through. Its place is free for another account
 * meanwhile.
 */
export function takeTurns(run: Run): (job: Job, token?: string) => Promise<unknown> {
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
    if (accountId === undefined) return run(job, token, () => {})
    const account = accounts.get(accountId) ?? { running: 0, changing: 0, parked: new Map<string, Job>() }
    accounts.set(accountId, account)
    account.parked.delete(job.id ?? '')
    if (!hasRoom(account)) {
      await job.moveToDelayed(Date.now() + PARKED_MS, token)
      account.parked.set(job.id ?? '', job)
      if (hasRoom(account)) await call(account)
      throw new DelayedError()
    }
    account.running += 1
    account.changing += 1
    let isChanging = true
    const endTurn = () => {
      if (isChanging) account.changing -= 1
      isChanging = false
    }
    try {
      return await run(job, token, () => {
        endTurn()
        if (hasRoom(account)) void call(account)
      })
    } finally {
      endTurn()
      account.running -= 1
      if (hasRoom(account)) await call(account)
      if (account.running === 0 && account.parked.size === 0) accounts.delete(accountId)
    }
  }
}
