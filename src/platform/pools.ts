import type { Env } from './env.ts'
import { type Orm, openPostgres, type PoolCounts, type PostgresOptions } from './postgres.ts'

/**
 * What a process does with Postgres, each in a pool of its own: one kind of work that is slow, hangs or is asked for
 * too often leaves the others their connections. Sizes add up to DATABASE_CONNECTIONS. The figures are in
 * docs/operating.md.
 */
type Division<Name extends string> = Record<Name, PostgresOptions>

export type ApiPool = 'tokens' | 'verification' | 'changes' | 'reads' | 'streams'
export type WorkerPool =
  | 'commands'
  | 'revocations'
  | 'metering'
  | 'leases'
  | 'asks'
  | 'messages'
  | 'maintenance'

type Sizes = Pick<Env, 'DATABASE_CONNECTIONS' | 'DATABASE_TIMEOUT_MS'>

export function apiPools({ DATABASE_CONNECTIONS: total, DATABASE_TIMEOUT_MS }: Sizes): Division<ApiPool> {
  const changes = Math.ceil((total - 9) / 3)
  return {
    // Service tokens, epochs, /readyz: a flood of anything else must not keep a revoked token alive, nor take an api
    // out.
    tokens: { poolMax: 2, connectMs: 2_000, statementMs: 1_000 },
    // Keys that the region does not know, and usage reports.
    verification: { poolMax: 4, connectMs: 2_000, statementMs: 2_000 },
    // Everything that is not a GET: sessions and commands.
    changes: { poolMax: changes, connectMs: 3_000, statementMs: 5_000 },
    reads: { poolMax: total - 9 - changes, connectMs: 5_000, statementMs: DATABASE_TIMEOUT_MS },
    // Exports: each of their pages is a statement.
    streams: { poolMax: 3, connectMs: 5_000, statementMs: Math.max(60_000, DATABASE_TIMEOUT_MS) },
  }
}

/** At the standby, beside the pools of an api. */
export function standbyPools(sizes: Sizes): Division<'reads' | 'streams'> {
  const { reads, streams } = apiPools(sizes)
  return { reads, streams }
}

export function workerPools({ DATABASE_CONNECTIONS: total }: Sizes): Division<WorkerPool> {
  // Two of one account may wait for locks; the third is for those of others.
  const revocations = total > 14 ? 3 : 2
  const left = total - 10 - revocations
  const messages = Math.ceil(left / 3)
  return {
    commands: { poolMax: left - messages, connectMs: 10_000, statementMs: 15_000, lockMs: 10_000 },
    revocations: { poolMax: revocations, connectMs: 10_000, statementMs: 15_000, lockMs: 10_000 },
    // Two transactions at once, each of which learns endpoints' names on the side.
    metering: { poolMax: 4, connectMs: 30_000, statementMs: 60_000 },
    // Shorter than a lease: one that waits for an answer that was lost must not cost the region the next.
    leases: { poolMax: 2, connectMs: 2_000, statementMs: 2_000 },
    // Nobody waits longer for an answer (ASK_WAIT_MS).
    asks: { poolMax: 2, connectMs: 2_000, statementMs: 2_000 },
    messages: { poolMax: messages, connectMs: 30_000, statementMs: 30_000 },
    // What runs by night over whole tables.
    maintenance: { poolMax: 2, connectMs: 30_000, statementMs: 600_000 },
  }
}

export type Pools<Name extends string> = Record<Name, Orm> & {
  /** How full each pool is; nothing of one that was not used yet. */
  counts: () => { pool: Name; busy: number; idle: number; waiting: number }[]
  close: () => Promise<unknown>
}

/** Opens pools; connects nowhere until the first query. */
export async function openPools<Name extends string>(
  databaseUrl: string,
  division: Division<Name>,
): Promise<Pools<Name>> {
  const counts = new Map<Name, PoolCounts>()
  const opened: [Name, Orm][] = []
  for (const name of Object.keys(division) as Name[]) {
    const onPool = (pool: PoolCounts) => void counts.set(name, pool)
    const beside = opened[0]?.[1]
    opened.push([name, await openPostgres(databaseUrl, { ...division[name], onPool, beside })])
  }
  return {
    ...(Object.fromEntries(opened) as Record<Name, Orm>),
    counts: () =>
      [...counts].map(([pool, { totalCount, idleCount, waitingCount }]) => ({
        pool,
        busy: totalCount - idleCount,
        idle: idleCount,
        waiting: waitingCount,
      })),
    close: () => Promise.all(opened.map(([, orm]) => orm.close())),
  }
}
