/**
 * Verifies in its own process, by the library, for the lines that it reads: `memory` fills its memory with every key
 * of the file, `rate CALLERS SECONDS` measures, each caller asking again when it has its answer. `inProcess.ts
 * KEYS_FILE`, with REDIS_URL and SERVICE_TOKEN; run with --expose-gc. Answers one line of JSON each.
 */
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createVerifier } from '../../src/verifier/createVerifier.ts'

export type Memory = { keys: number; bytesPerKey: number }
export type Rate = { callers: number; rate: number; microseconds: number }

const values = (await readFile(process.argv[2] ?? '', 'utf8'))
  .trim()
  .split('\n')
  .map((line) => line.split(' ')[1] ?? '')
const { REDIS_URL: redisUrl = '', SERVICE_TOKEN: serviceToken = '' } = process.env
const verifier = createVerifier({ redisUrl, serviceToken, onError: () => {} })
await verifier.ready()

const FEW = 200
const AT_ONCE = 500
let turn = 0

async function verify(value: string): Promise<void> {
  const { valid, code } = await verifier.verify({ value, permission: 'renders:write', ip: '203.0.113.7' })
  if (!valid) throw new Error(`A key was refused: ${code}`)
}

async function measureMemory(): Promise<Memory> {
  await verify(values[0] ?? '')
  const before = heapUsed()
  for (let at = 0; at < values.length; at += AT_ONCE)
    await Promise.all(values.slice(at, at + AT_ONCE).map(verify))
  return { keys: values.length, bytesPerKey: (heapUsed() - before) / (values.length - 1) }
}

function heapUsed(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

async function measureRate(callers: number, seconds: number): Promise<Rate> {
  let answered = 0
  const until = performance.now() + seconds * 1000
  const start = performance.now()
  const cpu = process.cpuUsage()
  const call = async () => {
    while (performance.now() < until) {
      turn = (turn + 1) % FEW
      await verify(values[turn] ?? '')
      answered++
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  const { user, system } = process.cpuUsage(cpu)
  const took = (performance.now() - start) / 1000
  return { callers, rate: answered / took, microseconds: (user + system) / answered }
}

process.stdout.write('ready\n')
for await (const line of createInterface(process.stdin)) {
  const [what, callers, seconds] = line.split(' ')
  const result =
    what === 'memory' ? await measureMemory() : await measureRate(Number(callers), Number(seconds))
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
await verifier.close()
