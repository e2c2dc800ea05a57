import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { newRequestId } from '../domain/metering/requestId.ts'
import { ANSWER_HEADERS } from '../verifier/http/answerHeaders.ts'
import type { ApiContext } from './context.ts'
import { Problem } from './problems.ts'
import { MAX_HEADER_BYTES } from './serverOptions.ts'

/** A socket's answer in the making, if any; where Node itself looks before it writes an error. */
type Answering = Socket & { _httpMessage?: ServerResponse | null }

/**
 * What comes over a connection and never becomes a request is answered with a problem, too, and the connection
 * closed.
 */
export function refuseBytes(api: ApiContext, server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Answering) => {
    // What has begun to be answered is not answered again.
    const begun = socket._httpMessage?.headersSent ?? false
    if (error.code === 'ECONNRESET' || !socket.writable || begun) return void socket.destroy()
    send(api, socket, problemOf(error.code))
  })
  server.on('connect', (_request: IncomingMessage, socket: Socket) =>
    send(api, socket, new Problem('method-not-allowed', { detail: 'This is not a proxy.' })),
  )
  // Expectations that nobody knows may be passed over (RFC 9110, section 10.1.1).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
}

function problemOf(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem('headers-too-large', {
      detail: `The request line and headers are larger than ${MAX_HEADER_BYTES / 1024} KiB.`,
    })
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem('request-timeout', { detail: 'The request did not arrive in time.' })
  const message = 'What was sent is not an HTTP/1.1 request.'
  return new Problem('validation-error', {
    detail: message,
    errors: [{ field: 'request', message, code: 'invalid_format' }],
  })
}

function send(api: ApiContext, socket: Socket, problem: Problem): void {
  const { status } = problem
  const requestId = newRequestId(Date.now(), false)
  // Never the bytes themselves: there may be a key among them.
  api.log.info({ requestId, route: 'none', status, ip: socket.remoteAddress })
  const body = JSON.stringify(problem.body(api.env.PROBLEM_BASE_URL, '/', requestId))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    ...Object.entries(ANSWER_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}
