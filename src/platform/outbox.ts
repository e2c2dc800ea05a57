import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { OutboxMessage } from '../domain/jobs.ts'
import { type TraceContext, tracing } from './tracing.ts'

/**
 * Writes a message in the transaction of the change that causes it. It is sent after the commit, at least once. Returns
 * its ID.
 */
export async function writeOutbox(em: SqlEntityManager, message: OutboxMessage): Promise<string> {
  const [row] = await em.execute<{ id: string }[]>(
    'insert into outbox (message) values (?::jsonb) returning id',
    [outboxRow(message)],
  )
  return row?.id ?? ''
}

/** A message as its row has it, as JSON. */
export const outboxRow = (message: OutboxMessage): string =>
  JSON.stringify({ ...message, trace: tracing.carry() })

/** Deletes a message that is no longer needed, unless another process is sending it now. */
export async function dropFromOutbox(em: SqlEntityManager, id: string): Promise<void> {
  await em.execute(
    'delete from outbox where id = (select id from outbox where id = ? for update skip locked)',
    [id],
  )
}

/**
 * Sends what the outbox holds, oldest first, and deletes each message once the queue has it. Several processes can
 * relay at the same time: each takes what no other has locked. Returns how many were sent.
 */
export async function relayOutbox(
  em: SqlEntityManager,
  send: (message: OutboxMessage) => Promise<void>,
): Promise<number> {
  let sent = 0
  for (;;) {
    const count = await em.fork().transactional(async (tx) => {
      const rows = await tx.execute<{ id: string; message: OutboxMessage & { trace?: TraceContext } }[]>(
        'select id, message from outbox order by id limit 50 for update skip locked',
      )
      await Promise.all(
        rows.map(({ message: { trace, ...message } }) => tracing.resume(trace, () => send(message))),
      )
      if (rows.length > 0) {
        await tx.execute(
          `delete from outbox where id in (${rows.map(() => '?').join(', ')})`,
          rows.map((row) => row.id),
        )
      }
      return rows.length
    })
    sent += count
    if (count < 50) return sent
  }
}
