import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let pid: number
beforeAll(async () => {
  service = await startService()
  pid = service.apis[0]?.pid ?? 0
})
afterAll(() => service.stop())

/** The `nice` of the api's threads, by the name of the thread. */
async function priorities(): Promise<Record<string, number>> {
  const threads = await readdir(`/proc/${pid}/task`)
  const stats = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => '')),
  )
  return Object.fromEntries(
    stats.map((stat) => [
      stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
      // The 19th field; the name is the second, and may hold anything.
      Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]),
    ]),
  )
}

describe.runIf(process.platform === 'linux')(
  'promise 12: what runs beside verifications yields to them',
  () => {
    it('passwords are hashed, and files of keys read, at a lower priority than the event loop', async () => {
      const account = await service.account('business')
      const read = await fetch(`${service.url}/api-keys/import?dryRun=true`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${account.adminKey}`, 'Content-Type': 'application/x-ndjson' },
        body: JSON.stringify({ hash: 'a'.repeat(64), name: 'Old', type: 'live' }),
      })
      expect(read.status).toBe(200)
      const { MainThread = 0, ...others } = await priorities()
      expect(others['libuv-worker']).toBeGreaterThan(MainThread)
      expect(others.WorkerThread).toBeGreaterThan(MainThread)
    })
  },
)
