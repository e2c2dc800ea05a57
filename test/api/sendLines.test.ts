import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSendLines } from '../../src/api/sendLines.ts'
import { headerLines } from '../../src/verifier/http/headerLines.ts'
import { sayRaw } from '../support/raw.ts'

const HEADERS = { 'X-Usage-Requests-Today': '12', RateLimit: '"minute";r=59;t=41', 'Retry-After': '7' }
const BODIES: Record<string, string> = {
  '/empty': '',
  '/ascii': '{"valid":true}',
  '/more': '{"name":"Größe 😀"}',
}

let now = 0
/** How many heads Node has written. */
let written = 0

const sendLines = createSendLines(() => now)
/** A server with the answers, and one that hands the same headers to Node. */
const senders = {
  ours: (response: ServerResponse, body: string) => sendLines(response, headerLines(HEADERS), body),
  node: (response: ServerResponse, body: string) =>
    response.writeHead(200, { ...HEADERS, 'Content-Length': Buffer.byteLength(body) }).end(body),
}
const urls = { ours: '', node: '' }
const servers: Server[] = []

beforeAll(async () => {
  for (const kind of ['ours', 'node'] as const) {
    const server = createServer((request, response) => {
      const { writeHead } = response
      response.writeHead = (...args: unknown[]) => {
        written += 1
        return (writeHead as (...args: unknown[]) => ServerResponse).apply(response, args)
      }
      if (request.url === '/last') response.setHeader('Connection', 'close')
      senders[kind](response, BODIES[request.url ?? ''] ?? '')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    urls[kind] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    servers.push(server)
  }
})
afterAll(() => Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve)))))

const ask = (path: string, more = '', method = 'GET', version = '1.1') =>
  `${method} ${path} HTTP/${version}\r\nHost: x\r\n${more}\r\n`
const last = ask('/ascii', 'Connection: close\r\n')
/** Each in turn over one connection. */
const say = async (kind: 'ours' | 'node', requests: string) => {
  written = 0
  return (await sayRaw(urls[kind], requests)).replace(/Date: [^\r]+ GMT/g, 'Date: now')
}

describe('answers with header lines', () => {
  it.each(['/empty', '/ascii', '/more'])('%s: Node writes the first head of a second alone', async (path) => {
    now += 1_000
    const answers = await say('ours', ask(path).repeat(3) + last)
    // The first one, and the last of the connection.
    expect(written).toBe(2)
    now += 1_000
    expect(await say('ours', ask(path) + last)).toContain('Date: now')
    expect(written).toBe(2)
    expect(answers).toBe(await say('node', ask(path).repeat(3) + last))
  })

  it.each<[string, string]>([
    ['a HEAD', ask('/empty', '', 'HEAD') + last],
    ['a client that closes the connection', last],
    ['a client of HTTP/1.0', ask('/ascii', '', 'GET', '1.0')],
    [
      'a client of HTTP/1.0 that keeps the connection',
      ask('/ascii', 'Connection: keep-alive\r\n', 'GET', '1.0') + last,
    ],
    ['a server that closes the connection', ask('/last')],
  ])('%s gets what Node would send', async (_name, requests) => {
    // So that there is a head to go by.
    await say('ours', ask('/ascii') + last)
    expect(await say('ours', requests)).toBe(await say('node', requests))
  })

  it('the Date is that of the second', async () => {
    now += 1_000
    const answers = await sayRaw(urls.ours, ask('/empty').repeat(2) + last)
    const dates = [...answers.matchAll(/^Date: (.*)\r$/gm)].map(([, date]) => new Date(date ?? '').getTime())
    expect(dates).toHaveLength(3)
    for (const date of dates) expect(Math.abs(date - Date.now())).toBeLessThan(60_000)
  })
})
