import { execFile } from 'node:child_process'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from './startProxy.ts'

/** The library that tells a process another time: libfaketime, which bin/test installs. */
export async function fakeTimeLibrary(): Promise<string> {
  const args = ['-f', '+0s', 'printenv', 'LD_PRELOAD']
  const { stdout } = await promisify(execFile)(await findProgram('faketime'), args)
  return stdout.trim()
}

export type SteppedClock = {
  /** Environment of a process that is to live by this clock. */
  env: Record<string, string>
  /** Unix ms by this clock, but for what it drifts. */
  now: () => number
  /**
   * From now on it is so many seconds ahead of the real one, and so much faster. What waits, waits by a clock that
   * nobody changes.
   */
  set: (seconds: number, rate?: number) => Promise<void>
  stop: () => Promise<void>
}

/** A clock of its own for processes, which steps and drifts while they run. */
export async function startClock(seconds = 0): Promise<SteppedClock> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-clock-'))
  const file = join(folder, 'clock')
  let ahead = seconds
  const set = async (wanted: number, rate = 1) => {
    ahead = wanted
    const offset = `${wanted < 0 ? '' : '+'}${wanted}s`
    await writeFile(`${file}.new`, rate === 1 ? offset : `${offset} x${rate}`)
    // At once: a process reads it each time it asks for the time.
    await rename(`${file}.new`, file)
  }
  await set(seconds)
  return {
    env: {
      // Memory comes from libc: Debian's Redis has jemalloc, which asks for the time before this library can tell it.
      LD_PRELOAD: `${await fakeTimeLibrary()} libc.so.6`,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    now: () => Date.now() + ahead * 1_000,
    set,
    stop: () => rm(folder, { recursive: true, force: true }),
  }
}
