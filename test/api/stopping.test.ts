import { Agent, type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

describe('stopping', () => {
  it('an api under load cuts nobody off: every request is answered, and it ends with 0', async () => {
    const account = await service.account('enterprise')
    const { key } = await account.createKey()
    const api = await service.startApi()
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    const ask = () =>
      new Promise<number | string>((resolve) => {
        const sent = request(
          `${api.url}/forward-auth`,
          { agent, headers: { 'X-API-Key': key } },
          (response: IncomingMessage) => {
            response.resume().on('end', () => resolve(response.statusCode ?? 0))
          },
        )
        sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error')).end()
      })
    const outcomes: Record<string, number> = {}
    let ended: Promise<number | null> | undefined
    const loop = async () => {
      for (;;) {
        const outcome = await ask()
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
        if ((outcomes[200] ?? 0) > 200) ended ??= api.end()
        if (outcome !== 200) return
      }
    }
    await Promise.all(Array.from({ length: 8 }, loop))
    expect(await ended).toBe(0)
    // Who asks again after the end finds nobody there; nobody is cut off in the middle.
    expect(Object.keys(outcomes).sort()).toEqual(['200', 'ECONNREFUSED'])
    agent.destroy()
  })

  it('a worker finishes what it has in hand, and ends with 0', async () => {
    const worker = service.startWorker()
    await eventually(
      async () => service.output.join('').split('\n'),
      (lines) => lines.some((line) => line.includes(`"pid":${worker.pid},`) && line.includes('"working"')),
    )
    const account = await service.account('enterprise')
    const creates = Array.from({ length: 40 }, (_, index) =>
      account.post('/api-keys', { name: `Key ${index}`, type: 'live' }),
    )
    await creates[0]
    expect(await worker.end()).toBe(0)
    expect((await Promise.all(creates)).every(({ status }) => status === 201)).toBe(true)
  })
})
