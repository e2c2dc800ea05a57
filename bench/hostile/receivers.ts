import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A webhook and a mail server that take every message: what the flood has sent is delivered to them. */
export async function startReceivers() {
  const webhook = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end())
  }).listen(0, '127.0.0.1')
  const mail = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, _session, done) => void stream.resume().on('end', () => done()),
  })
  // A sender that gives up.
  mail.on('error', () => {})
  mail.listen(0, '127.0.0.1')
  await Promise.all([once(webhook, 'listening'), once(mail.server, 'listening')])
  const portOf = (server: { address: () => unknown }) => (server.address() as AddressInfo).port
  return {
    webhookUrl: `http://127.0.0.1:${portOf(webhook)}/`,
    smtpUrl: `smtp://127.0.0.1:${portOf(mail.server)}`,
    stop: () => {
      webhook.closeAllConnections()
      webhook.close()
      mail.close()
    },
  }
}
