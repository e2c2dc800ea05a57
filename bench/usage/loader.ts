import { Agent, request } from 'node:http'

export type Ack = { accepted: number; duplicates: number }

/** Sends bodies to one api over connections that are kept; a body is one string of JSON. */
export function createSender(url: string, token: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const target = new URL('/usage/events', url)

  /** Resolves with the answer to an acknowledged batch; throws on any other answer. */
  const send = (body: Buffer): Promise<Ack> =>
    new Promise((resolve, reject) => {
      const options = { method: 'POST', agent, headers: { ...headers, 'Content-Length': body.byteLength } }
      const sent = request(target, options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('error', reject).on('end', () => {
          if (response.statusCode === 202) resolve(JSON.parse(text))
          else reject(new Error(`A batch was not acknowledged: ${response.statusCode} ${text.slice(0, 500)}`))
        })
      })
      sent.on('error', reject).end(body)
    })

  /** Sends all, as fast as they are answered; resolves with the seconds that it took. */
  const sendAll = async (bodies: Buffer[]): Promise<number> => {
    const start = performance.now()
    let next = 0
    const lane = async () => {
      for (let body = bodies[next++]; body; body = bodies[next++]) await send(body)
    }
    await Promise.all(Array.from({ length: connections }, lane))
    return (performance.now() - start) / 1000
  }
  return { send, sendAll, close: () => agent.destroy() }
}

/** The bodies that report these events, `size` at a time. */
export function bodiesOf(events: unknown[], size: number): Buffer[] {
  const bodies: Buffer[] = []
  for (let from = 0; from < events.length; from += size)
    bodies.push(Buffer.from(JSON.stringify({ events: events.slice(from, from + size) })))
  return bodies
}
