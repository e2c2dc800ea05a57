/** How long an api process takes from its start to its first verification, and what it costs: see README.md. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '../src/dev/dataDir.ts'
import { endWithUs } from '../src/dev/endWithUs.ts'
import { freePort } from '../src/dev/freePort.ts'
import { type Options, type Row, sizesOf } from './all/Part.ts'
import { mainThreadTime, processTime } from './cpuTime.ts'
import { createKeys } from './createKeys.ts'
import { monotonicNow } from './profile/cpuParts.ts'
import type { Watched } from './profile/nodeParts.ts'
import { median, say } from './report.ts'
import { type Service, startService } from './startService.ts'
import { waitForQuiet } from './waitForQuiet.ts'

/** Between two attempts, in ms: it is added to what is measured, at most. */
const AGAIN_MS = 2
const BOUND_MS = 60_000

/**
 * Times from the start of the process, and CPU times of it, in ms. `longest`: of the verifications that follow one
 * another until the process is ready.
 */
type Start = { verified: number; verifiedCpu: number; ready: number; readyCpu: number; longest: number }

export async function run(options: Options): Promise<Row[]> {
  const { rounds } = sizesOf(options, { rounds: [7, 2] })
  const service = await startService()
  const kept = await mkdtemp(join(tmpdir(), 'pictify-keys-kept-'))
  try {
    const { values } = await service.withWorker(() => createKeys(service, 1))
    await service.api.stop()
    const start = (cache: string) => startApi(service, String(values[0]), cache)
    await start(kept)
    const [warm, cold]: [Start[], Start[]] = [[], []]
    for (let round = 1; round <= rounds; round++) {
      await waitForQuiet(options.quiet)
      warm.push(await start(kept))
      const empty = await mkdtemp(join(tmpdir(), 'pictify-keys-empty-'))
      cold.push(await start(empty))
      await rm(empty, { recursive: true, force: true })
      say(`round ${round}  ${JSON.stringify({ kept: warm.at(-1), empty: cold.at(-1) })}`)
    }
    const of = (starts: Start[], name: keyof Start) => starts.map((one) => one[name])
    const millis = (starts: Start[], name: keyof Start) => Math.round(median(of(starts, name)))
    return [
      {
        id: 'start',
        values: of(warm, 'verified').map((ms) => ms / 1_000),
        beside:
          `${millis(warm, 'verifiedCpu')} ms of CPU until then; ready after ${millis(warm, 'ready')} ms ` +
          `(CPU ${millis(warm, 'readyCpu')} ms), the longest verification until then ${millis(warm, 'longest')} ms; ` +
          `with an empty compile cache verified after ${millis(cold, 'verified')} ms, ready after ${millis(cold, 'ready')} ms`,
      },
    ]
  } finally {
    await rm(kept, { recursive: true, force: true })
    await service.stop()
  }
}

/**
 * One start with this compile cache, from the spawn to the first verification of a key that the region knows, and on to
 * /readyz.
 */
export async function startApi(
  service: Service,
  key: string,
  cache: string,
  nodeArgs: string[] = [],
): Promise<Start & { watched: Watched }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const own = { PORT: String(port), HOST: '127.0.0.1', NODE_COMPILE_CACHE: cache }
  const verify = () => untilDone(`${url}/forward-auth`, { Authorization: `Bearer ${key}` })
  const began = performance.now()
  const from = monotonicNow()
  const child = spawn(process.execPath, [...nodeArgs, 'src/api/main.ts'], {
    cwd: root,
    env: { ...process.env, ...service.env, ...own },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  const pid = child.pid ?? 0
  const release = endWithUs(pid, 'KILL')
  const exited = new Promise((ended) => child.once('exit', ended))
  const facts = async () => ({ ms: performance.now() - began, cpu: (await processTime(pid)) / 1_000 })
  try {
    await verify()
    const verified = await facts()
    const watched = {
      ...{ pid, span: { from, to: monotonicNow() } },
      ...{ all: await processTime(pid), main: await mainThreadTime(pid) },
    }
    let isReady = false
    const ready = untilDone(`${url}/readyz`, {}).then(() => {
      isReady = true
    })
    let longest = 0
    while (!isReady) {
      const before = performance.now()
      await verify()
      longest = Math.max(longest, performance.now() - before)
      await Promise.race([delay(AGAIN_MS), ready])
    }
    const { ms, cpu } = await facts()
    return { verified: verified.ms, verifiedCpu: verified.cpu, ready: ms, readyCpu: cpu, longest, watched }
  } finally {
    // A process writes to the compile cache at its end, too.
    child.kill('SIGTERM')
    await exited
    release()
  }
}

/** Asks until the answer is 200. */
async function untilDone(url: string, headers: Record<string, string>): Promise<void> {
  const bound = performance.now() + BOUND_MS
  while ((await statusOf(url, headers)) !== 200) {
    if (performance.now() > bound) throw new Error(`${url} did not answer 200 within ${BOUND_MS} ms`)
    await delay(AGAIN_MS)
  }
}

/** The status of a request over a connection of its own; 0 where none could be opened. */
function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    get(url, { headers, agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    }).on('error', () => resolve(0))
  })
}
