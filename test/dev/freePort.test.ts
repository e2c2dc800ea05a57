import { createServer, type Server } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'

const servers: Server[] = []
afterAll(() => servers.forEach((server) => void server.close()))

const listen = (port: number) =>
  new Promise<void>((resolve, reject) => {
    const server = createServer().once('error', reject).listen(port, '127.0.0.1', resolve)
    servers.push(server)
  })

it('gives ports that no outgoing connection is given, and none of them twice in a row', async () => {
  const ports: number[] = []
  while (ports.length < 50) ports.push(await freePort())
  expect(new Set(ports).size).toBe(50)
  expect(ports.filter((port) => port < 20_000 || port >= 32_768)).toEqual([])
})

it('gives no port that is taken, also where all of its own are', async () => {
  const taken = new Set<number>()
  while (taken.size < 80) {
    const port = await freePort()
    expect(taken).not.toContain(port)
    taken.add(port)
    await listen(port)
  }
})

it('gives the preferred port unless it is taken', async () => {
  const port = await freePort()
  expect(await freePort(port)).toBe(port)
  await listen(port)
  expect(await freePort(port)).not.toBe(port)
})
