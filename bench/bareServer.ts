/** The servers to compare with: `bareServer.ts http|body|redis`, on 127.0.0.1:PORT. They do nothing but answer. */
import { createServer, type RequestListener } from 'node:http'
import { Redis } from 'ioredis'

const ANSWER = JSON.stringify({ ok: true })
const HEADERS = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(ANSWER) }

const listeners: Record<string, () => RequestListener> = {
  http: () => (_request, response) => {
    response.writeHead(200, HEADERS).end(ANSWER)
  },
  /** Reads and parses the body as a verification has to, then answers the constant. */
  body: () => (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (chunks.length > 0) JSON.parse(Buffer.concat(chunks).toString('utf8'))
      response.writeHead(200, HEADERS).end(ANSWER)
    })
  },
  /** Waits for the Redis at REDIS_URL, which does nothing but answer either. */
  redis: () => {
    const redis = new Redis(process.env.REDIS_URL ?? '', { enableAutoPipelining: true })
    return (_request, response) => void redis.ping().then(() => response.writeHead(200, HEADERS).end(ANSWER))
  },
}

const listener = listeners[process.argv[2] ?? '']
if (!listener) throw new Error(`Which server? ${Object.keys(listeners).join(', ')}`)
createServer(listener()).listen(Number(process.env.PORT), '127.0.0.1')
// With --cpu-prof, Node writes its profile then.
process.once('SIGTERM', () => process.exit())
