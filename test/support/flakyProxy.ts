import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export type Direction = 'requests' | 'answers'

export type FlakyProxy = {
  port: number
  /** How many connections are open that clients have not closed, those that stay silent among them. */
  countOpen: () => number
  /** Ends every connection and takes no other. */
  cut: () => void
  /** Lets nothing through in these directions: what was sent is on its way, and nobody is told. */
  hold: (...directions: Direction[]) => void
  /**
   * Lets everything through again. What was held arrives late. With `lose` it never arrives, and its connection
   * ends. With `strand` those connections stay silent for ever, and neither side learns of it.
   */
  mend: (held?: 'deliver' | 'lose' | 'strand') => void
  /** From now on everything arrives this much later, in each direction. 0 ends that. */
  slow: (ms: number) => void
  /**
   * From now on, a request that contains `text`, and of which `isLost` says so, is passed on. Its answer is dropped and
   * its connection ended. `undefined` ends that.
   */
  loseAnswersTo: (text: string | undefined, isLost?: () => boolean) => void
  /** Ends every connection; those that come lead to another server on 127.0.0.1, or to the first one again. */
  lead: (port?: number) => void
  close: () => Promise<void>
}

/**
 * A TCP proxy before a server on 127.0.0.1 that a test may cut off, at once or silently, both ways or one way, or make
 * slow.
 */
export async function startFlakyProxy(targetPort: number): Promise<FlakyProxy> {
  const pairs = new Set<{ incoming: Socket; outgoing: Socket }>()
  const stranded = new WeakSet<Socket>()
  const held = new Set<Direction>()
  /** Sockets whose next answer is lost. */
  const unheard = new WeakSet<Socket>()
  let losing: { text: string; isLost: () => boolean } | undefined
  let isCut = false
  let slowMs = 0
  let port = targetPort

  const forward = (from: Socket, to: Socket, direction: Direction) => {
    const later = inOrder()
    const pass = (chunk: Buffer) => {
      if (to.write(chunk)) return
      from.pause()
      to.once('drain', () => {
        if (!held.has(direction)) from.resume()
      })
    }
    from.setNoDelay(true)
    from.on('data', (chunk) => {
      if (stranded.has(from)) return
      if (unheard.has(from)) {
        for (const socket of [from, to]) socket.resetAndDestroy()
        return
      }
      if (direction === 'requests' && losing && chunk.includes(losing.text) && losing.isLost())
        unheard.add(to)
      later(slowMs, () => pass(chunk))
    })
    from.on('error', () => {})
    from.on('end', () => {
      if (!stranded.has(from)) later(slowMs, () => to.end())
    })
    if (held.has(direction)) from.pause()
  }
  const server = createServer({ allowHalfOpen: true }, (incoming) => {
    if (isCut) return void incoming.on('error', () => {}).resetAndDestroy()
    const outgoing = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const pair = { incoming, outgoing }
    pairs.add(pair)
    forward(incoming, outgoing, 'requests')
    forward(outgoing, incoming, 'answers')
    for (const socket of [incoming, outgoing]) {
      socket.on('close', () => {
        if (!stranded.has(socket)) for (const one of [incoming, outgoing]) one.destroy()
        if (incoming.destroyed && outgoing.destroyed) pairs.delete(pair)
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const endAll = () => {
    for (const { incoming, outgoing } of pairs) {
      incoming.resetAndDestroy()
      outgoing.resetAndDestroy()
    }
  }
  const cut = () => {
    isCut = true
    endAll()
  }
  return {
    port: (server.address() as AddressInfo).port,
    countOpen: () =>
      [...pairs].filter(({ incoming }) => !incoming.readableEnded && !incoming.destroyed).length,
    cut,
    hold: (...directions) => {
      for (const direction of directions) held.add(direction)
      for (const { incoming, outgoing } of pairs) {
        if (held.has('requests')) incoming.pause()
        if (held.has('answers')) outgoing.pause()
      }
    },
    mend: (fate = 'deliver') => {
      if (fate === 'lose' && held.size > 0) endAll()
      isCut = false
      for (const { incoming, outgoing } of pairs) {
        for (const socket of [incoming, outgoing]) {
          if (fate === 'strand' && held.size > 0) stranded.add(socket)
          socket.resume()
        }
      }
      held.clear()
    },
    slow: (ms) => {
      slowMs = ms
    },
    loseAnswersTo: (text, isLost = () => true) => {
      losing = text === undefined ? undefined : { text, isLost }
    },
    lead: (other = targetPort) => {
      port = other
      endAll()
    },
    close: () => {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Runs things so much later, each after those before it: at once where there is no delay, now or before it. */
function inOrder() {
  let waiting = 0
  let last = Promise.resolve()
  return (ms: number, run: () => void): void => {
    if (ms === 0 && waiting === 0) {
      run()
      return
    }
    const due = delay(ms)
    waiting += 1
    last = last.then(async () => {
      await due
      waiting -= 1
      run()
    })
  }
}
