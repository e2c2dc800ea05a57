import { createRequire } from 'node:module'

/** What is used here of node-postgres, the driver below MikroORM. */
export type Pool = {
  query: <Row>(text: string | { name: string; text: string; values: unknown[] }) => Promise<{ rows: Row[] }>
  end: () => Promise<void>
}

const { Pool: PgPool } = createRequire(import.meta.url)('pg') as {
  Pool: new (options: { connectionString: string; max: number; min?: number }) => Pool
}

export const openPool = (databaseUrl: string, max: number): Pool =>
  new PgPool({ connectionString: databaseUrl, max })
