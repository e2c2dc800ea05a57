import type { Introduction } from '../../src/doctor/challenge.ts'
import {
  answer,
  type Change,
  env,
  ofRegion,
  postgres,
  queue,
  redis,
  seen,
  setting,
  stored,
} from './changes.ts'
import { goodAnswer, goodFacts, goodPostgres } from './goodFacts.ts'

/** Unusual, and right. */
export const GOOD: [what: string, change: Change][] = [
  ['everything as it should be', () => ({})],
  [
    'a region of its own',
    (facts) => ({
      ...env({ REGIONS: 'us=redis://us' })(facts),
      ...ofRegion('us', {})(facts),
      ...stored({ regions: ['us'] })(facts),
    }),
  ],
  [
    'an api without a proxy, on this machine',
    (facts) => ({
      ...env({ PUBLIC_URL: 'http://127.0.0.1:3000' })(facts),
      ...answer({
        isDirect: true,
        introduction: {
          ...(goodAnswer().introduction as Introduction),
          publicUrl: 'http://127.0.0.1:3000',
          forwardedFor: '192.0.2.1',
          address: '192.0.2.1',
        },
      })(facts),
    }),
  ],
  ['two proxies, both trusted', seen({ forwardedFor: '192.0.2.1, 203.0.113.9, 10.0.0.2' })],
  ['us in a trusted network', seen({ forwardedFor: '192.0.2.1, 10.0.0.7', address: '192.0.2.1' })],
  ['a clock that a slow answer makes uncertain', postgres({ clock: { aheadMs: 3_000, uncertainMs: 2_500 } })],
  ['appendfsync always', redis({ appendfsync: 'always' })],
  [
    'a Redis that hides its configuration and its connections',
    redis({
      appendfsync: undefined,
      stopsOnSnapshotFailure: undefined,
      queues: [{ ...queue, hasWorker: undefined }],
    }),
  ],
  ['a Redis without maxmemory', redis({ maxmemory: 0 })],
  ['a database before its first channel', stored({ sealed: { looked: 0, opened: 0 } })],
  [
    'a time-out of 60 s on the role, for PgBouncer',
    (facts) => ({ ...setting({ statement_timeout: '60000' })(facts) }),
  ],
  [
    'a pooler that drops time-outs, and a role that has one',
    (facts) =>
      postgres({
        settings: { ...goodPostgres().settings, statement_timeout: '60000' },
        poolsTimeout: { asked: 54_321, got: 60_000 },
      })(facts),
  ],
  [
    'a certificate of six days, two before its end',
    (facts) =>
      answer({ certificate: { validFrom: facts.now - 4 * 86_400_000, validTo: facts.now + 2 * 86_400_000 } })(
        facts,
      ),
  ],
  [
    'what a process knows at its start',
    () => ({
      publicUrl: undefined,
      smtp: undefined,
      disks: undefined,
      ...redis({ queues: undefined, leaseMs: undefined })(goodFacts()),
    }),
  ],
]
