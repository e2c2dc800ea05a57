import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createHttp, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTls } from 'node:tls'
import { promisify } from 'node:util'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { findProgram } from '../support/startProxy.ts'

/** Listens on loopback; `stop` ends its connections, too. */
async function listen(server: Server): Promise<{ port: number; stop: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Takes connections and never answers. */
export const startSilence = () => listen(createServer())

/** Speaks TLS with a certificate of nobody, and nothing within it. */
export async function startSelfSigned() {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-doctor-'))
  const [cert, key] = [join(folder, 'certificate.pem'), join(folder, 'certificate.key')]
  await promisify(execFile)(await findProgram('openssl'), [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=nobody', '-keyout', key, '-out', cert],
  ])
  const server = createTls({ cert: await readFile(cert), key: await readFile(key) }, () => {})
  server.on('tlsClientError', () => {})
  await rm(folder, { recursive: true })
  return listen(server)
}

/** An SMTP server with the user `keys` and the password `right`. */
export async function startSmtpServer(options: SMTPServerOptions = {}) {
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ password }, _session, done) =>
      password === 'right' ? done(null, { user: 'keys' }) : done(new Error('535 wrong password')),
    ...options,
  })
  server.on('error', () => {})
  const { port, stop } = await listen(server.server as Server)
  return { stop, urlFor: (password: string) => `smtp://keys:${password}@127.0.0.1:${port}` }
}

/** What a proxy does with a caller's address. */
export type Forwarding = 'replace' | 'append' | 'pass' | 'drop'

/** A proxy before an api. `set` changes what it does; `from` is the address from which it calls. */
export async function startForwarder() {
  let target = ''
  let how: { forwarding: Forwarding; from: string; status?: number } = {
    forwarding: 'replace',
    from: '127.0.0.1',
  }
  const server = createHttp((incoming, outgoing) => {
    if (how.status !== undefined)
      return void outgoing.writeHead(how.status, { Location: 'https://other.example.com/x' }).end()
    const call = request(
      `${target}${incoming.url}`,
      {
        method: incoming.method,
        headers: headersOf(incoming, how.forwarding),
        localAddress: how.from,
        agent: false,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      },
    )
    call.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(call)
  })
  const { port, stop } = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    stop,
    lead: (url: string) => {
      target = url
    },
    set: (change: { forwarding?: Forwarding; from?: string; status?: number }) => {
      how = { forwarding: 'replace', from: '127.0.0.1', ...change }
    },
  }
}

function headersOf({ headers, socket }: IncomingMessage, forwarding: Forwarding) {
  const { 'x-forwarded-for': claimed, connection: _, ...rest } = headers
  const seen = socket.remoteAddress
  const forwardedFor = {
    replace: seen,
    append: claimed === undefined ? seen : `${claimed}, ${seen}`,
    pass: claimed,
    drop: undefined,
  }[forwarding]
  return forwardedFor === undefined ? rest : { ...rest, 'x-forwarded-for': String(forwardedFor) }
}
