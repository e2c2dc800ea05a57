/**
 * Verifies in its own process, by the library, for the lines that it reads: `fill KEYS` verifies each of the first keys
 * once, `rate CALLERS SECONDS KEYS` measures over random ones of them, each caller asking again when it has its answer.
 * `inProcess.ts VALUES_FILE`, with REDIS_URL and SERVICE_TOKEN; run with --expose-gc. Answers one line of JSON each.
 */
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createVerifier } from '../../src/verifier/createVerifier.ts'
import { VALUE_LENGTH } from './valuesFile.ts'

/** What the heap grew by, after a collection; the rest of the process's memory beside it. */
export type Filled = { keys: number; bytesPerKey: number; rss: number }
export type Rate = { rate: number; microseconds: number; p50: number; p99: number }

// Not as strings: millions of them would be most of what a collection looks at.
const file = await readFile(process.argv[2] ?? '')
const keyAt = (place: number) =>
  file.toString('latin1', place * (VALUE_LENGTH + 1), place * (VALUE_LENGTH + 1) + VALUE_LENGTH)
const { REDIS_URL: redisUrl = '', SERVICE_TOKEN: serviceToken = '' } = process.env
const verifier = createVerifier({ redisUrl, serviceToken, onError: () => {} })
await verifier.ready()

const AT_ONCE = 500
/** One latency in so many is kept. */
const KEPT = 16

async function verify(value: string): Promise<void> {
  const { valid, code } = await verifier.verify({ value, permission: 'renders:write', ip: '203.0.113.7' })
  if (!valid) throw new Error(`A key was refused: ${code}`)
}

async function fill(keys: number): Promise<Filled> {
  const before = heapUsed()
  for (let at = 0; at < keys; at += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, keys - at) }, (_, index) => verify(keyAt(at + index)))
    await Promise.all(some)
  }
  return { keys, bytesPerKey: (heapUsed() - before) / keys, rss: process.memoryUsage().rss }
}

function heapUsed(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

async function measureRate(callers: number, seconds: number, keys: number): Promise<Rate> {
  let answered = 0
  const latencies: number[] = []
  const start = performance.now()
  const until = start + seconds * 1000
  const cpu = process.cpuUsage()
  const call = async () => {
    for (let now = start; now < until; ) {
      await verify(keyAt(Math.floor(Math.random() * keys)))
      const then = now
      now = performance.now()
      if (answered++ % KEPT === 0) latencies.push(now - then)
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  const { user, system } = process.cpuUsage(cpu)
  const took = (performance.now() - start) / 1000
  latencies.sort((a, b) => a - b)
  const at = (q: number) => latencies[Math.floor(q * latencies.length)] ?? Number.NaN
  return { rate: answered / took, microseconds: (user + system) / answered, p50: at(0.5), p99: at(0.99) }
}

process.stdout.write('ready\n')
for await (const line of createInterface(process.stdin)) {
  const [what, ...numbers] = line.split(' ')
  const [first = 0, second = 0, third = 0] = numbers.map(Number)
  const result = what === 'fill' ? await fill(first) : await measureRate(first, second, third)
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
await verifier.close()
