/**
 * Where the CPU time of a verification goes, beside that of the bare servers: Node's own profiles under the load of
 * `http.ts`, in µs a request. The parts add up to what the kernel has booked on the process.
 *
 *     node_modules/.bin/node bench/verification/profile.ts --write        # about four minutes; --seconds 8
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readCpuParts } from '../cpuParts.ts'
import { mainThreadTime, processTime } from '../cpuTime.ts'
import { createKeys } from '../createKeys.ts'
import { describeRun, publish, table, wholeNumber } from '../report.ts'
import { runWrk } from '../runWrk.ts'
import { type HttpProcess, startBare } from '../startProcess.ts'
import { startService } from '../startService.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '8' }, write: { type: 'boolean', default: false } },
})
const seconds = wholeNumber('seconds', values.seconds)

type Parts = Map<string, number>
type Ended = { url: string; pid: number; end: () => Promise<void> }

const ALL = 'all'

/** Loads a server, ends it, and reads the profile that it then writes into the folder. */
async function measure(server: Ended, folder: string, script: string, args: string[]): Promise<Parts> {
  const load = (duration: number) =>
    runWrk({ url: server.url, script, connections: 64, seconds: duration, args })
  await load(2)
  const times = () => Promise.all([processTime(server.pid), mainThreadTime(server.pid)])
  const before = await times()
  const at = performance.now()
  const { answered } = await load(seconds)
  const [all = 0, main = 0] = (await times()).map((time, index) => (time - (before[index] ?? 0)) / answered)
  const lasted = (performance.now() - at) / 1000
  await server.end()
  const [name = ''] = await readdir(folder)
  const parts = await readCpuParts(join(folder, name), lasted)
  for (const [part, time] of parts) parts.set(part, time / answered)
  const known = [...parts.values()].reduce((sum, time) => sum + time, 0)
  return parts
    .set('outside JavaScript: polling, reading, parsing', main - known)
    .set('other threads: garbage collection, compiler, the profiler', all - main)
    .set(ALL, all)
}

/** One load on ours and on the bare server, each alone. */
async function compare(script: string, bareKind: string): Promise<[bare: Parts, ours: Parts]> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-profile-'))
  const nodeArgs = (name: string) => ['--cpu-prof', `--cpu-prof-dir=${join(folder, name)}`]
  const service = await startService({ api: { nodeArgs: nodeArgs('ours') } })
  try {
    const { file, serviceToken } = await service.withWorker(() => createKeys(service))
    const bare = await startBare(bareKind, { nodeArgs: nodeArgs('bare') })
    const loaded = ({ url, pid, stop }: HttpProcess, name: string) =>
      measure({ url, pid, end: stop }, join(folder, name), script, [file, serviceToken])
    return [await loaded(bare, 'bare'), await loaded(service.api, 'ours')]
  } finally {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const columns = [...(await compare('forwardAuth', 'http')), ...(await compare('verify', 'body'))]
const show = (parts: Parts, part: string) => (parts.get(part) ?? 0).toFixed(1)
const names = [...new Set(columns.flatMap((parts) => [...parts.keys()]))].filter((name) => name !== ALL)
const most = (name: string) => Math.max(...columns.map((parts) => parts.get(name) ?? 0))
const rows = [...names.toSorted((a, b) => most(b) - most(a)), ALL].map((name) => [
  name,
  ...columns.map((parts) => show(parts, name)),
])
const head = ['µs a request', 'bare `node:http`', '`/forward-auth`', 'bare that parses the body', '`/verify`']
const how = 'CPU of the api alone; 64 connections, 200 keys. Profiling makes everything some per cent slower.'
await publish('profile', `${describeRun(how)}\n\n${table(head, rows)}`, values.write)
