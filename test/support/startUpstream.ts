import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the company's API got it: headers by lower-case name, all values of each. */
type Reached = { method: string; url: string; headers: Record<string, string[]>; body: string }

/**
 * A stand-in for the company's API. It remembers who reached it, and answers 200 with an `X-RateLimit-Limit` of its
 * own, or the status that the path names: `/own/429`.
 */
export async function startUpstream() {
  const reached: Reached[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headersDistinct } = request
      const headers = Object.fromEntries(
        Object.entries(headersDistinct).map(([name, values = []]) => [name, values]),
      )
      reached.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
      const status = Number(/^\/own\/(\d{3})/.exec(url)?.[1] ?? 200)
      response.writeHead(status, { 'Content-Type': 'text/plain', 'X-RateLimit-Limit': 'upstream' })
      response.end(`upstream says ${status}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
