import { readFile } from 'node:fs/promises'

type Frame = { functionName: string; url: string }
type Profile = {
  nodes: { id: number; callFrame: Frame; children?: number[] }[]
  /** In µs, as `timeDeltas`, of which there is one a sample. */
  startTime: number
  endTime: number
  /** The node of each. */
  samples: number[]
  timeDeltas: number[]
}

/** Where a file belongs, by its name. The first that fits counts. */
const PLACES: [RegExp, string][] = [
  [/node_modules\/(ioredis|@ioredis|redis-parser|standard-as-callback|denque)\//, 'ioredis'],
  [/node_modules\/(bullmq|pg|pg-.*|@mikro-orm|kysely)\//, 'BullMQ, MikroORM, pg'],
  [/node_modules\/(koa|@koa|koa-.*)\//, 'Koa'],
  [/\/src\/verifier\/|\/src\/domain\//, 'deciding: `src/verifier`, `src/domain`'],
  [/\/src\/region\//, 'the script’s arguments: `src/region`'],
  [/\/src\//, 'our HTTP: `src/api`, `src/platform`'],
  [/^node:/, 'Node’s HTTP, sockets and timers'],
]
const WRITING = /^(write|writev|shutdown)/
const ELSEWHERE = 'the rest'
const OUTSIDE = ''

/**
 * The time of JavaScript by part, in µs, over the last `seconds` of a profile that Node wrote (`--cpu-prof`). What is
 * native counts for its caller, but for writes to sockets and hashes. Node calls it idle while libuv polls, reads and
 * parses, so that is not among them.
 */
export async function readCpuParts(file: string, seconds: number): Promise<Map<string, number>> {
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
    if (at < profile.endTime - seconds * 1e6) return
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
