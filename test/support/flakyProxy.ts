import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Direction = 'requests' | 'answers'

export type FlakyProxy = {
  port: number
  /** Ends every connection and takes no other. */
  cut: () => void
  /** Lets nothing through in these directions: what was sent is on its way, and nobody is told. */
  hold: (...directions: Direction[]) => void
  /**
   * Lets everything through again. What was held arrives late. With `lose` it never arrives, and its connection
   * ends. With `strand` those connections stay silent for ever, and neither side learns of it.
   */
  mend: (held?: 'deliver' | 'lose' | 'strand') => void
  /**
   * From now on, a request that contains `text`, and of which `isLost` says so, is passed on. Its answer is dropped and
   * its connection ended. `undefined` ends that.
   */
  loseAnswersTo: (text: string | undefined, isLost?: () => boolean) => void
  /** Ends every connection; those that come lead to another server on 127.0.0.1, or to the first one again. */
  lead: (port?: number) => void
  close: () => Promise<void>
}

/** A TCP proxy before a server on 127.0.0.1 that a test may cut off, at once or silently, both ways or one way. */
export async function startFlakyProxy(targetPort: number): Promise<FlakyProxy> {
  const pairs = new Set<{ incoming: Socket; outgoing: Socket }>()
  const stranded = new WeakSet<Socket>()
  const held = new Set<Direction>()
  /** Sockets whose next answer is lost. */
  const unheard = new WeakSet<Socket>()
  let losing: { text: string; isLost: () => boolean } | undefined
  let isCut = false
  let port = targetPort

  const forward = (from: Socket, to: Socket, direction: Direction) => {
    from.setNoDelay(true)
    from.on('data', (chunk) => {
      if (unheard.has(from)) {
        for (const socket of [from, to]) socket.resetAndDestroy()
        return
      }
      if (direction === 'requests' && losing && chunk.includes(losing.text) && losing.isLost())
        unheard.add(to)
      if (to.write(chunk)) return
      from.pause()
      to.once('drain', () => {
        if (!held.has(direction) && !stranded.has(from)) from.resume()
      })
    })
    from.on('error', () => {})
    from.on('end', () => to.end())
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
        pairs.delete(pair)
        incoming.destroy()
        outgoing.destroy()
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
          if (!stranded.has(socket)) socket.resume()
        }
      }
      held.clear()
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
