import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { explainShared, startServers } from '../../src/api/startServers.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { sayRaw } from '../support/raw.ts'
import { type Service, startService } from '../support/startService.ts'

const CALLS = 64
let service: Service
let shared: string
beforeAll(async () => {
  const port = await freePort()
  shared = `http://127.0.0.1:${port}`
  service = await startService({ apis: 2, env: { SHARED_PORT: String(port), OPEN_METRICS: 'true' } })
})
afterAll(() => service.stop())

/** How many verifications the api at this address has admitted. */
async function admitted(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^keys_verifications_total\{code="VALID"\} (\d+)$/m.exec(text)?.[1] ?? 0)
}

/** Asks over a connection of its own; answers the status. */
async function ask(key: string): Promise<string | undefined> {
  const request = `GET /forward-auth HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nConnection: close\r\n\r\n`
  return /^HTTP\/1\.1 (\d+)/.exec(await sayRaw(shared, request))?.[1]
}

const askOften = (key: string) => Promise.all(Array.from({ length: CALLS }, () => ask(key)))

it('two apis share a port: both answer, each has its own metrics, and one goes on without the other', async () => {
  const { adminKey } = await service.account('enterprise')
  expect(new Set(await askOften(adminKey))).toEqual(new Set(['200']))
  const counts = await Promise.all(service.apis.map(({ url }) => admitted(url)))
  for (const count of counts) expect(count).toBeGreaterThan(0)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(CALLS)

  expect(await service.apis[0]?.end()).toBe(0)
  expect(new Set(await askOften(adminKey))).toEqual(new Set(['200']))
  expect(await admitted(service.apis[1]?.url ?? '')).toBe((counts[1] ?? 0) + CALLS)
})

it('a port that another program keeps for itself is named with its setting', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const env = { HOST: '127.0.0.1', PORT: 0, SHARED_PORT: port }
  const started = startServers({ env, handler: () => {}, prepare: (server) => server.unref() })
  await expect(started).rejects.toThrow(`SHARED_PORT: port ${port} is in use`)
  other.close()
})

it('a system that cannot share a port gets an error that names the setting', () => {
  // As Node says it there, before it listens.
  const unsupported = Object.assign(new Error('listen ENOTSUP'), { code: 'ENOTSUP' })
  expect(explainShared(8_080, unsupported).message).toMatch(/^SHARED_PORT: this system cannot share a port/)
  const other = Object.assign(new Error('listen EACCES'), { code: 'EACCES' })
  expect(explainShared(80, other)).toBe(other)
})
