import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

const crasher = fileURLToPath(new URL('../support/crashOnSignal.ts', import.meta.url))
const NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import ${crasher}`

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const linesOf = (pid: number) =>
  service.output
    .join('')
    .split('\n')
    .filter((line) => line.includes(`"pid":${pid},`))
    .map((line) => JSON.parse(line))

const started = {
  api: async () => service.startApi({ NODE_OPTIONS }),
  worker: async () => {
    const worker = service.startWorker({ NODE_OPTIONS })
    await eventually(
      async () => linesOf(worker.pid).some(({ msg }) => msg === 'working'),
      (isWorking) => isWorking,
    )
    return worker
  },
}

describe.each(['api', 'worker'] as const)('an error that nothing catches in a process of kind %s', (kind) => {
  it.each([
    ['SIGUSR2', 'uncaughtException'],
    ['SIGWINCH', 'unhandledRejection'],
  ] as const)('%s: %s is one line of the log, closes everything and ends with 1', async (signal, event) => {
    const one = await started[kind]()
    expect(await one.end(signal)).toBe(1)
    const lines = await eventually(
      async () => linesOf(one.pid),
      (all) => all.some(({ msg }) => msg === 'stopped'),
    )
    expect(lines.filter(({ level }) => level === 'fatal')).toEqual([
      expect.objectContaining({
        process: kind,
        event,
        error: expect.objectContaining({ type: 'Error', message: 'not valid: [redacted]' }),
      }),
    ])
    expect(service.output.join('')).not.toContain('S3cret')
  })
})

it('a start that fails is one line, too, and ends with 1', async () => {
  // The api has this port.
  const worker = service.startWorker({ WORKER_PORT: new URL(service.url).port })
  expect(await worker.end('SIGCONT')).toBe(1)
  const fatal = await eventually(
    async () => linesOf(worker.pid).filter(({ level }) => level === 'fatal'),
    (lines) => lines.length > 0,
  )
  expect(fatal.map(({ error }) => error.code)).toEqual(['EADDRINUSE'])
})
