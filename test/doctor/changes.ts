import type { Introduction } from '../../src/doctor/challenge.ts'
import type {
  Facts,
  PostgresFacts,
  ProbeFailure,
  PublicUrlAnswer,
  RedisFacts,
} from '../../src/doctor/Facts.ts'
import { readSettings } from '../../src/doctor/probes/settings.ts'
import { goodAnswer, goodEnvironment, goodPostgres, goodRedis } from './goodFacts.ts'

/** What is otherwise in a set-up. */
export type Change = (facts: Facts) => Partial<Facts>

export const failed = (kind: ProbeFailure['kind']) =>
  ({ ok: false, failure: { kind, reason: 'Why.' } }) as const
export const postgres =
  (change: Partial<PostgresFacts>): Change =>
  () => ({
    postgres: { ok: true, value: { ...goodPostgres(), ...change } },
  })
export const withStandby =
  (standby: NonNullable<Facts['standby']>): Change =>
  (facts) => ({ ...env({ DATABASE_READ_URL: 'postgres://keys@standby.internal/keys' })(facts), standby })
export const setting = (settings: Record<string, string>): Change =>
  postgres({ settings: { ...goodPostgres().settings, ...settings } })
export const stored = (change: Partial<PostgresFacts['stored'] & object>): Change =>
  postgres({ stored: { regions: [], emailChannels: 0, ...change } })
export const redis =
  (change: Partial<RedisFacts>): Change =>
  () => ({
    redis: [{ region: 'primary', probed: { ok: true, value: { ...goodRedis(), ...change } } }],
  })
export const ofRegion =
  (region: string, change: Partial<RedisFacts>): Change =>
  ({ redis: all }) => ({
    redis: [...all, { region, probed: { ok: true, value: { ...goodRedis(), runId: 'b2', ...change } } }],
  })
export const env =
  (change: Record<string, string | undefined>): Change =>
  () =>
    readSettings({ ...goodEnvironment(), ...change })
export const answer =
  (change: Partial<PublicUrlAnswer>): Change =>
  () => ({
    publicUrl: { ok: true, value: { ...goodAnswer(), ...change } },
  })
export const seen = (change: Partial<Introduction>): Change =>
  answer({ introduction: { ...(goodAnswer().introduction as Introduction), ...change } })
export const queue = { name: 'commands', hasWorker: true, isPaused: false, waiting: 0, failed: 0 }
export const other = { ...queue, name: 'metering' }
export const clock = (aheadMs: number) => ({ aheadMs, uncertainMs: 5 })
export const GIB = 1024 ** 3
export const disk = (freeBytes: number) => () => ({
  disks: [{ what: 'DATA_DIR', path: '/data', freeBytes, totalBytes: 100 * GIB }],
})
