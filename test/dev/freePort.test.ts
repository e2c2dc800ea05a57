import { createServer, type Server } from 'node:net'
import { afterAll, expect, it, vi } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'

const servers: Server[] = []
afterAll(() => servers.forEach((server) => void server.close()))

const listen = (port: number) =>
  new Promise<void>((resolve, reject) => {
    const server = createServer().once('error', reject).listen(port, '127.0.0.1', resolve)
    servers.push(server)
  })

it('gives ports that no outgoing connection is given, and none of them again soon', async () => {
  const ports: number[] = []
  while (ports.length < 300) ports.push(await freePort())
  expect(new Set(ports).size).toBe(300)
  expect(ports.filter((port) => port < 20_000 || port >= 32_768)).toEqual([])
})

it('gives no port that is taken', async () => {
  // Loaded again, the module begins where it began before.
  const loadAgain = async () => {
    vi.resetModules()
    return import('../../src/dev/freePort.ts')
  }
  const first = await (await loadAgain()).freePort()
  expect(await (await loadAgain()).freePort()).toBe(first)
  await listen(first)
  expect(await (await loadAgain()).freePort()).not.toBe(first)
})

it('gives the preferred port unless it is taken', async () => {
  const port = await freePort()
  expect(await freePort(port)).toBe(port)
  await listen(port)
  expect(await freePort(port)).not.toBe(port)
})
