import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { machineTime } from './cpuTime.ts'

const LOOK_MS = 1_000
const BOUND_MS = 120_000

/** Waits until less than this part of the machine has been in use for a second; gives up after two minutes. */
export async function waitForQuiet(part: number): Promise<void> {
  const until = Date.now() + BOUND_MS
  while (part < 1 && Date.now() < until) {
    const before = await machineTime()
    await delay(LOOK_MS)
    const after = await machineTime()
    if (before === undefined || after === undefined) return
    if ((after - before) / 1000 / LOOK_MS / availableParallelism() < part) return
  }
}
