import { setTimeout as delay } from 'node:timers/promises'

const AT_ONCE = 10
/** Without a pause, questions take all of the machine, and an end seconds: they slow down what they wait for. */
const PAUSE_MS = 25

/** How many trials of so many: a fifth on a group of Redis servers (TEST_REDIS), because one has had all of them. */
export const trialsOf = (count: number) => (process.env.TEST_REDIS ? count / 5 : count)

/** Whether it is accepted; undefined: nothing could be decided. */
type Way = () => Promise<boolean | undefined>

/**
 * One thing that ends: ways to ask for it all the time, ways to ask once afterwards, and its end, until it is answered.
 */
type Trial = { ways: Way[]; afterwards?: Way[]; end: () => Promise<unknown> }

/**
 * Ends `trials` things, ten at once, while every way to ask is busy with each. Returns how many were accepted that were
 * asked for before the answer, and how many after it. `lane`: of the ten, which one asks; `trial`: which of all.
 */
export async function runTrials(trials: number, begin: (lane: number, trial: number) => Promise<Trial>) {
  const counts = { acceptedBefore: 0, acceptedAfter: 0 }
  const runTrial = async (lane: number, trial: number) => {
    const { ways, afterwards = [], end } = await begin(lane, trial)
    let ended = false
    const busy = ways.map(async (accepts) => {
      for (let after = 0; after < 3; ) {
        const startedAfter = ended
        const accepted = await accepts()
        if (accepted && startedAfter) counts.acceptedAfter += 1
        if (accepted && !startedAfter) counts.acceptedBefore += 1
        if (startedAfter) after += 1
        else await delay(PAUSE_MS)
      }
    })
    await end()
    ended = true
    const direct = await Promise.all([...ways, ...afterwards].map((accepts) => accepts()))
    counts.acceptedAfter += direct.filter(Boolean).length
    await Promise.all(busy)
  }
  let started = 0
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, lane) => {
      while (started < trials) {
        await runTrial(lane, started++)
      }
    }),
  )
  return counts
}
