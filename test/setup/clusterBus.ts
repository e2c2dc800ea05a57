import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Where the name of the node that speaks stands in each message of the bus: see `clusterMsg` in Redis's cluster.h. */
const SENDER = { from: 40, to: 80 }

/** The bus of a Cluster, on which its nodes hear of one another, led through proxies. */
export type ClusterBus = {
  /** The port to announce for the bus of a node, by the node's place. */
  ports: number[]
  /** Which nodes they are, by their places. A cut needs it. */
  name: (ids: string[]) => void
  /** Nothing passes between these nodes and the others. Clients reach all of them still. */
  split: (ids: Set<string>) => void
  mend: () => void
  close: () => Promise<void>
}

/** From a node whose name is known once it has spoken, to the one at this place. */
type Link = { sockets: [Socket, Socket]; from?: string; place: number }

/** `buses`: the port of each node's own bus. */
export async function startClusterBus(buses: number[]): Promise<ClusterBus> {
  const links = new Set<Link>()
  let names: string[] = []
  let side: Set<string> | undefined
  const isCut = ({ from, place }: Link) =>
    side !== undefined && from !== undefined && side.has(from) !== side.has(names[place] ?? '')
  const servers = await Promise.all(
    buses.map(async (port, place) => {
      const server = createServer((incoming) => {
        const outgoing = connect(port, '127.0.0.1')
        const link: Link = { sockets: [incoming, outgoing], place }
        links.add(link)
        for (const socket of link.sockets) {
          socket.setNoDelay(true).on('error', () => {})
          socket.on('close', () => {
            for (const one of link.sockets) one.destroy()
            links.delete(link)
          })
        }
        incoming.once('data', (message) => {
          link.from = message.toString('latin1', SENDER.from, SENDER.to)
          if (isCut(link)) return void incoming.destroy()
          outgoing.write(message)
          incoming.pipe(outgoing)
        })
        outgoing.pipe(incoming)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  return {
    ports: servers.map((server) => (server.address() as AddressInfo).port),
    name: (ids) => {
      names = ids
    },
    split: (ids) => {
      side = ids
      for (const link of links) if (isCut(link)) link.sockets[0].destroy()
    },
    mend: () => {
      side = undefined
    },
    close: async () => {
      for (const { sockets } of links) sockets[0].destroy()
      await Promise.all(servers.map(closed))
    },
  }
}

const closed = (server: Server) => new Promise((resolve) => server.close(resolve))
