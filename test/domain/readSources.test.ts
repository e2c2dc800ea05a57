import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ReadSources } from '../../src/api/ReadSources.ts'
import type { Log } from '../../src/platform/log.ts'
import type { Em } from '../../src/platform/postgres.ts'

const HOUR_MS = 3_600_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('a standby is asked again after a second, also by a process whose clock has gone back', async () => {
  let now = Date.UTC(2026, 10, 29, 12)
  const asked = vi.fn(async () => [{ isStandby: true, replayedMs: now - 5, isMigrated: true }])
  const sources = new ReadSources({
    primary: () => ({}) as Em,
    standby: () => ({ execute: asked }) as unknown as Em,
    now: () => new Date(now),
    log: {} as Log,
    onRead: () => {},
  })
  const asOf = async () => (await sources.from('reads')).asOf.getTime()
  expect(await asOf()).toBe(now - 5)
  await asOf()
  expect(asked).toHaveBeenCalledTimes(1)
  now -= HOUR_MS
  vi.advanceTimersByTime(1_001)
  expect(await asOf()).toBe(now - 5)
  expect(asked).toHaveBeenCalledTimes(2)
})
