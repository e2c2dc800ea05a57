import { readFile } from 'node:fs/promises'

type Frame = { functionName: string; url: string }
type Profile = {
  nodes: { id: number; callFrame: Frame; children?: number[] }[]
  /** In µs, as `timeDeltas`, of which there is one a sample. */
  startTime: number
  /** The node of each. */
  samples: number[]
  timeDeltas: number[]
}

/** Where a file belongs, by its name. The first that fits counts. */
const PLACES: [RegExp, string][] = [
  [/node_modules\/(ioredis|@ioredis|redis-parser|standard-as-callback|denque)\//, 'ioredis'],
  [/node_modules\/bullmq\//, 'BullMQ'],
  [/node_modules\/(pg|pg-.*|@mikro-orm|kysely)\//, 'MikroORM, pg'],
  [/node_modules\/(koa|@koa|koa-.*)\//, 'Koa'],
  [/node_modules\/(zod|ajv|ajv-formats)\//, 'zod, ajv'],
  [/\/src\/verifier\/|\/src\/domain\//, '`src/verifier`, `src/domain`'],
  [/\/src\/region\//, '`src/region`'],
  [/\/src\/workers\//, '`src/workers`'],
  [/\/src\//, '`src/api`, `src/platform`'],
  [
    /^node:internal\/(modules|bootstrap|deps\/cjs-module-lexer)/,
    'loading modules: finding, reading, compiling',
  ],
  [/^node:/, 'Node’s own: HTTP, sockets, files, timers'],
]
const WRITING = /^(write|writev|shutdown)/
const ELSEWHERE = 'the rest'
const OUTSIDE = ''

/** From one instant to another, in µs of the machine's monotonic clock. */
export type Span = { from: number; to: number }

/** That clock. V8 times its profiles by it. */
export const monotonicNow = () => Number(process.hrtime.bigint() / 1000n)

/**
 * The time of JavaScript by part, in µs, over a span of a profile that Node wrote (`--cpu-prof`). What is native counts
 * for its caller, but for writes to sockets and hashes. Node calls it idle while libuv polls, reads and parses, so that
 * is not among them.
 */
export async function readCpuParts(file: string, { from, to }: Span): Promise<Map<string, number>> {
  const profile = JSON.parse(await readFile(file, 'utf8')) as Profile
  const byId = new Map(profile.nodes.map((node) => [node.id, node]))
  const partById = new Map<number, string>()
  const visit = (id: number, parent: string) => {
    const node = byId.get(id)
    if (!node) return
    const part = partOf(node.callFrame, parent)
    partById.set(id, part)
    for (const child of node.children ?? []) visit(child, part)
  }
  if (profile.nodes[0]) visit(profile.nodes[0].id, ELSEWHERE)

  const parts = new Map<string, number>()
  let at = profile.startTime
  profile.samples.forEach((id, index) => {
    // A sample's time lasts until the next one.
    at += profile.timeDeltas[index] ?? 0
    if (at < from || at > to) return
    const part = partById.get(id) ?? ELSEWHERE
    if (part !== OUTSIDE) parts.set(part, (parts.get(part) ?? 0) + (profile.timeDeltas[index + 1] ?? 0))
  })
  return parts
}

function partOf({ functionName, url }: Frame, parent: string): string {
  if (functionName === '(idle)' || functionName === '(program)') return OUTSIDE
  if (functionName === '(garbage collector)') return 'garbage collection'
  if (url === '') {
    if (WRITING.test(functionName)) return 'writing to sockets'
    return functionName === 'hash' || functionName === 'oneShotDigest' ? 'SHA-256' : parent
  }
  return PLACES.find(([place]) => place.test(url))?.[1] ?? ELSEWHERE
}
