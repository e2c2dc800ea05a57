import { connect } from 'node:net'
import type { Target } from './Target.ts'

/** A request without an answer after this long is counted as one that got none. */
export const GIVE_UP_MS = 10_000

/** Sends these requests in turn, over as many kept-alive connections as are needed for that. */
export function overHttp({ hostname, port }: URL, requests: Buffer[]): Target {
  const idle: ReturnType<typeof open>[] = []

  function open() {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    let answer: ((status: number) => void) | undefined
    let timer: NodeJS.Timeout | undefined
    let head = ''
    const done = (status: number) => {
      clearTimeout(timer)
      answer?.(status)
      answer = undefined
    }
    const one = {
      socket,
      send: (request: Buffer) =>
        new Promise<number>((resolve) => {
          answer = resolve
          timer = setTimeout(() => socket.destroy(), GIVE_UP_MS)
          socket.write(request)
        }),
    }
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
      if (head.length < end + 4 + length) return
      const status = Number(head.slice(9, 12))
      head = ''
      done(status)
      idle.push(one)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      done(0)
      const place = idle.indexOf(one)
      if (place >= 0) idle.splice(place, 1)
    })
    return one
  }

  return {
    ask: (turn) => (idle.pop() ?? open()).send(requests[turn % requests.length] as Buffer),
    close: () => {
      for (const { socket } of idle) socket.destroy()
    },
  }
}
