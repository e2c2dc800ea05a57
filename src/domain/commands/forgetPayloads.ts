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
