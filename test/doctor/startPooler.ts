import { connect, createServer } from 'node:net'
import { listen } from './brokenServers.ts'

/** What PgBouncer cannot pass on, and either refuses or, with `ignore_startup_parameters`, drops. */
const TIMEOUTS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']

/** Stands before a Postgres as a pooler does, as far as a connection's start goes. */
export function startPooler(postgresPort: number, does: 'refuse' | 'drop') {
  const server = createServer((client) => {
    client.on('data', function start(packet: Buffer) {
      // An SSLRequest: no TLS here. What follows is the start-up message.
      if (packet.readInt32BE(4) === 80_877_103) return void client.write('N')
      client.off('data', start)
      const given = settingsOf(packet)
      if (does === 'refuse' && given.some(([name]) => TIMEOUTS.includes(name)))
        return void client.end(refusal('unsupported startup parameter: statement_timeout'))
      const postgres = connect(postgresPort, '127.0.0.1')
      postgres.on('error', () => client.destroy()).on('close', () => client.destroy())
      client.on('close', () => postgres.destroy())
      postgres.write(startUp(given.filter(([name]) => !TIMEOUTS.includes(name))))
      client.pipe(postgres)
      postgres.pipe(client)
    })
  })
  return listen(server)
}

/** Names and values, each ended by a zero byte, behind length and version. */
function settingsOf(packet: Buffer): [string, string][] {
  const texts = packet.subarray(8).toString('utf8').split('\0')
  const pairs: [string, string][] = []
  for (let place = 0; texts[place]; place += 2) pairs.push([texts[place] ?? '', texts[place + 1] ?? ''])
  return pairs
}

function startUp(settings: [string, string][]): Buffer {
  const body = Buffer.from(`${settings.flat().join('\0')}\0\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(body.length + 8, 0)
  // Version 3.0 of the protocol.
  head.writeInt32BE(196_608, 4)
  return Buffer.concat([head, body])
}

function refusal(message: string): Buffer {
  const body = Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${message}\0\0`)
  const head = Buffer.from('E....')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
