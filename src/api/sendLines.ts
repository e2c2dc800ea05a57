import type { ServerResponse } from 'node:http'
import { readHeaderLines } from '../verifier/http/headerLines.ts'

export type SendLines = (response: ServerResponse, lines: string, body: string) => void

const START = 'HTTP/1.1 200 OK\r\n'

/** Where `node:http` keeps the head that it is about to send, as text. */
type Answering = ServerResponse & { _header?: unknown }

/**
 * Sends a 200 with headers that are lines already (see headerLines.ts), and with their Content-Length.
 *
 * `writeHead` checks each name and value, which takes a tenth of the CPU time of a verification. So Node writes and
 * checks the first head of each second. The others of that second end with Node's own lines of it (Date, Connection,
 * Keep-Alive) and go where Node keeps its heads. `headersSent` says whether it found them there: a Node that keeps
 * them elsewhere writes each head itself. So does a response that is the last of its connection.
 */
export function createSendLines(now: () => number = Date.now): SendLines {
  let second = -1
  let ownLines: string | undefined

  return (response: Answering, lines, body) => {
    const bytes = Buffer.byteLength(body)
    const head = `${START}${lines}Content-Length: ${bytes}\r\n`
    const current = Math.floor(now() / 1_000)
    const goesOn = response.shouldKeepAlive && !response.hasHeader('Connection')
    if (goesOn && ownLines !== undefined && current === second) response._header = head + ownLines
    if (!response.headersSent) {
      response.writeHead(200, [...readHeaderLines(lines), ['Content-Length', String(bytes)]].flat())
      const { _header: written } = response
      if (goesOn && typeof written === 'string' && written.startsWith(head)) {
        second = current
        ownLines = written.slice(head.length)
      }
    }
    // Most answers are plain ASCII, which Latin-1 writes without looking at each character.
    response.end(body, bytes === body.length ? 'latin1' : 'utf8')
  }
}
