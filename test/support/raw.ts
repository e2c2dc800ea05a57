import { connect } from 'node:net'

/**
 * Everything that the server says to these bytes until it closes the connection, as one-byte text. Throws after 10 s
 * of silence.
 */
export function sayRaw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'))
    socket.setTimeout(10_000, () => {
      socket.destroy()
      reject(new Error(`No end after: ${text}`))
    })
    let text = ''
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    socket.on('close', () => resolve(text)).on('error', () => resolve(text))
  })
}
