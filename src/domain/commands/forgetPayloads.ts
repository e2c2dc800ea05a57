import type { SqlEntityManager } from '@mikro-orm/postgresql'

const AT_ONCE = 500

/** Clears the payloads of finished commands that still have one: an earlier release kept them. Bit by bit. */
export async function forgetPayloads(em: SqlEntityManager): Promise<void> {
  for (let forgotten = AT_ONCE; forgotten === AT_ONCE; ) {
    const rows = await em.execute<unknown[]>(
      `update command set payload = '{}' where id in (
         select id from command where finished_at is not null and payload <> '{}'::jsonb limit ?
       ) returning 1`,
      [AT_ONCE],
    )
    forgotten = rows.length
  }
}

/** Forgets Idempotency-Keys from before an instant, and the sealed answers under them. Bit by bit. */
export async function forgetAnswers(em: SqlEntityManager, before: Date): Promise<void> {
  for (let forgotten = AT_ONCE; forgotten === AT_ONCE; ) {
    const rows = await em.execute<unknown[]>(
      `update command set idempotency_hash = null, sealed_secret = null where id in (
         select id from command where idempotency_hash is not null and created_at < ? order by created_at limit ?
       ) returning 1`,
      [before, AT_ONCE],
    )
    forgotten = rows.length
  }
}
