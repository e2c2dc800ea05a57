import { createRequire } from 'node:module'

type Client = {
  connect: () => Promise<void>
  query: (sql: string) => Promise<{ rows: Record<string, unknown>[] }>
  end: () => Promise<void>
}

// The driver that MikroORM brings; its types are another package, not worth it for this one use.
const { Client } = createRequire(import.meta.url)('pg') as { Client: new (url: string) => Client }

/** A connection on which a test holds a transaction open. */
export async function openSql(databaseUrl: string) {
  const client = new Client(databaseUrl)
  await client.connect()
  return {
    run: async (sql: string) => (await client.query(sql)).rows,
    end: () => client.end(),
  }
}

/** Runs statements, each outside a transaction, on a connection of their own. Returns the rows of each. */
export async function runSql(
  databaseUrl: string,
  ...statements: string[]
): Promise<Record<string, unknown>[][]> {
  const client = new Client(databaseUrl)
  await client.connect()
  try {
    const results: Record<string, unknown>[][] = []
    for (const sql of statements) results.push((await client.query(sql)).rows)
    return results
  } finally {
    await client.end()
  }
}
