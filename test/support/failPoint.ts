import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'

type Query = (...args: unknown[]) => unknown
const { Client } = createRequire(import.meta.url)('pg') as { Client: { prototype: { query: Query } } }

/**
 * Loaded into a process of the service by `failingEnv`. It fails when Postgres has committed what it asked for and
 * the answer has arrived, before anything follows from it.
 */
const { FAIL_AFTER, FAIL_AT, FAIL_BY, FAIL_MS } = process.env
const ms = Number(FAIL_MS)
let left = Number(FAIL_AT)

const ways: Record<string, () => void> = {
  die: () => {
    if (ms === 0) process.kill(process.pid, 'SIGKILL')
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), ms)
  },
  block: () => {
    writeSync(1, `${process.pid} is blocked\n`)
    for (const until = performance.now() + ms; performance.now() < until; );
    writeSync(1, `${process.pid} goes on\n`)
  },
}

/** Connections in a transaction, and those of them whose transaction has the statement that is waited for. */
const open = new WeakSet<object>()
const marked = new WeakSet<object>()

/** Whether what is committed with this statement is what is waited for. */
function commits(connection: object, sql: string): boolean {
  if (/^(begin|start transaction)/i.test(sql)) open.add(connection)
  if (FAIL_AFTER !== undefined && sql.includes(FAIL_AFTER)) marked.add(connection)
  const isOver = !open.has(connection) || /^(commit|rollback$)/i.test(sql)
  if (!isOver) return false
  open.delete(connection)
  return marked.delete(connection) && !/^rollback/i.test(sql)
}

const { query } = Client.prototype
Client.prototype.query = function (this: object, ...args) {
  const [asked] = args
  const sql = typeof asked === 'string' ? asked : String((asked as { text?: string })?.text)
  const isAwaited = commits(this, sql)
  const answer = Reflect.apply(query, this, args)
  if (isAwaited)
    (answer as Promise<unknown>).then(
      () => {
        left -= 1
        if (left === 0) ways[FAIL_BY ?? '']?.()
      },
      () => {},
    )
  return answer
}
