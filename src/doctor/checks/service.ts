import { PRIMARY } from '../../domain/regions.ts'
import { regionOfShard } from '../../domain/shards.ts'
import { type Check, type Found, found } from '../Check.ts'
import type { Facts, QueueFacts, RedisFacts } from '../Facts.ts'

type Asked = { region: string; redis: RedisFacts; queues: QueueFacts[] }

/** The regions whose queues were looked at; undefined: none. */
function askedOf({ redis }: Facts): Asked[] | undefined {
  const asked = redis.flatMap(({ region, probed }) =>
    probed.ok && probed.value.queues ? [{ region, redis: probed.value, queues: probed.value.queues }] : [],
  )
  return asked.length > 0 ? asked : undefined
}

/** Whether any worker runs; undefined where Redis does not show its connections. */
function someWorker(asked: Asked[] | undefined): boolean | undefined {
  const queues = asked?.find(({ region }) => region === PRIMARY)?.queues
  if (!queues?.some(({ hasWorker }) => hasWorker !== undefined)) return undefined
  return queues.some(({ hasWorker }) => hasWorker)
}

const eachQueue = (facts: Facts, look: (queue: QueueFacts) => Found[]) =>
  askedOf(facts)?.flatMap(({ queues }) =>
    queues.flatMap((queue) => look(queue).map((one) => ({ subject: queue.name, ...one }))),
  )

/** Regions that answer with one server: each is listed with those that come before it. */
function sharing({ redis }: Facts): Found[] {
  const known = redis.flatMap(({ region, probed }) =>
    probed.ok && probed.value.runId ? [{ region, runId: probed.value.runId }] : [],
  )
  return known.flatMap(({ region, runId }, place) => {
    const other = known
      .slice(0, place)
      .find((one) => one.runId === runId && regionOfShard(one.region) !== regionOfShard(region))
    return other
      ? [{ subject: region, found: `It is the Redis of ${other.region}`, expected: 'a Redis of its own' }]
      : []
  })
}

export const serviceChecks: Check[] = [
  {
    id: 'regions-share',
    area: 'Regions and queues',
    severity: 'error',
    why: 'Two regions have the same Redis. Only one of them can be opened, and the other answers 503.',
    fix: 'Give each region of `REGIONS` a Redis of its own, and another one than `REDIS_URL`.',
    look: (facts) => (facts.redis.length > 1 ? sharing(facts) : []),
  },
  {
    id: 'region-forgotten',
    area: 'Regions and queues',
    severity: 'error',
    why: 'A region is on the list of those that every change must reach, and not in `REGIONS`. Changes wait for it.',
    fix: 'Add it to `REGIONS` of every process, or [remove it](operating.md#scaling-out).',
    look: ({ postgres, env }) => {
      const listed = postgres?.ok ? postgres.value.stored?.regions : undefined
      const named = (env.REGIONS ?? []).map(({ name }) => name)
      return listed
        ?.filter((region) => !named.includes(regionOfShard(region)))
        .map((region) => ({
          subject: region,
          found: 'It is not in REGIONS',
          expected: 'every listed region',
        }))
    },
  },
  {
    id: 'postgres-older',
    area: 'Regions and queues',
    severity: 'error',
    why: 'A region has confirmed changes that Postgres lacks: it was restored from a backup, or a standby was promoted too early. No process believes it.',
    fix: '[Recover](operating.md#restore) what has ended since: `bin/keys recover`.',
    look: ({ lacking }) =>
      lacking?.map((region) => ({
        subject: region,
        found: 'Postgres lacks what it has confirmed',
        expected: 'a Postgres that has everything',
      })),
  },
  {
    id: 'region-lease',
    area: 'Regions and queues',
    severity: 'error',
    why: 'Workers run, and a region holds no lease: verifications there get 503. Its workers do not reach it or Postgres, or have other `REGIONS`.',
    fix: 'Look at the log of the workers, and at their `REGIONS`.',
    look: (facts) => {
      const asked = askedOf(facts)
      if (!someWorker(asked)) return undefined
      return asked?.flatMap(({ region, redis: { leaseMs } }) =>
        found(leaseMs === 0, { subject: region, found: 'It holds no lease', expected: 'a lease' }),
      )
    },
  },
  {
    id: 'worker-missing',
    area: 'Regions and queues',
    severity: 'warning',
    why: 'No worker is connected to the queues: commands return 202, and usage stands still. Before the first start that is so. While jobs wait it is an error.',
    fix: 'Start the `worker` line of the `Procfile`.',
    look: (facts) => {
      const asked = askedOf(facts)
      const isThere = someWorker(asked)
      if (isThere === undefined) return undefined
      const waiting =
        asked?.flatMap(({ queues }) => queues).reduce((sum, queue) => sum + queue.waiting, 0) ?? 0
      return found(!isThere, {
        severity: waiting > 0 ? 'error' : 'warning',
        found: `No worker runs; ${waiting} jobs wait`,
        expected: 'at least one',
      })
    },
  },
  {
    id: 'queue-unattended',
    area: 'Regions and queues',
    severity: 'error',
    why: 'Workers run, and none of them reads this queue: it is that of a region that their `REGIONS` lack, or they are of another release.',
    fix: 'Give all processes the same `REGIONS` and the same release.',
    look: (facts) =>
      someWorker(askedOf(facts))
        ? eachQueue(facts, ({ hasWorker, waiting }) =>
            found(hasWorker === false, {
              found: `No worker reads it; ${waiting} jobs wait`,
              expected: 'a worker',
            }),
          )
        : undefined,
  },
  {
    id: 'queue-paused',
    area: 'Regions and queues',
    severity: 'error',
    why: 'Somebody paused a queue, in Bull Board for instance. Its jobs wait without end.',
    fix: 'Resume it in Bull Board (`OPERATOR_QUEUES_WRITE=true`).',
    look: (facts) =>
      eachQueue(facts, ({ isPaused, waiting }) =>
        found(isPaused, { found: `It is paused; ${waiting} jobs wait`, expected: 'a queue that runs' }),
      ),
  },
  {
    id: 'jobs-failed',
    area: 'Regions and queues',
    severity: 'warning',
    why: 'Jobs were given up or, in `metering`, [parked](operating.md#when-postgres-is-away): usage is missing until they are retried.',
    fix: 'Look at them in Bull Board, or with `bin/keys usage parked`.',
    look: (facts) =>
      eachQueue(facts, ({ failed }) =>
        found(failed > 0, { found: `${failed} failed jobs`, expected: 'none' }),
      ),
  },
]
