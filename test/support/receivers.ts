import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'

export type Received = { path: string; headers: IncomingHttpHeaders; body: Buffer; at: number }

type Answer = (response: ServerResponse, received: Received) => void

/** A server that gets messages as Slack's or a webhook's would. `answers` by path; 200 unless told. */
export async function startReceiver(answers: Record<string, Answer> = {}) {
  const received: Received[] = []
  let connections = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks),
        at: Date.now(),
      }
      received.push(one)
      const answer = answers[one.path]
      if (answer) answer(response, one)
      else response.end('ok')
    })
  })
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    answers,
    received,
    at: (path: string) => received.filter((one) => one.path === path),
    connections: () => connections,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * A server that begins an answer and never comes to the end of its head: as fast as it is read at the path
 * `/endless-head`, a byte a second at any other.
 */
export async function startEndlessHeads() {
  const open = new Set<Socket>()
  const server = createSocketServer((socket) => {
    open.add(socket)
    let timer: NodeJS.Timeout
    socket.on('error', () => {})
    socket.on('close', () => {
      open.delete(socket)
      clearInterval(timer)
    })
    socket.once('data', (request) => {
      socket.write('HTTP/1.1 200 OK\r\nX-Filler: ')
      const drip = () => socket.write('x')
      const flood = () => void (socket.writable && socket.write('x'.repeat(65_536), flood))
      if (String(request).includes('/endless-head')) flood()
      else timer = setInterval(drip, 1_000)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    open,
    stop: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Mail = { from: string; to: string[]; raw: string }

/** An SMTP server that takes every message. */
export async function startSmtp(atPort = 0) {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
        })
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(atPort, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

/** The text of a mail as a reader shows it: quoted-printable undone. */
export const readable = ({ raw }: Mail) =>
  raw
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
