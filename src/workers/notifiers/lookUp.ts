import { lookup, Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { TimedOut } from '../../platform/within.ts'

export type Address = { address: string; family: number }

type Resolving = Pick<Resolver, 'resolve4' | 'resolve6'>

/** How long a name server may take, in ms, and how often it is asked. */
export const ASKING = { timeout: 2_000, tries: 2 }
/** Look-ups by the system at once. Each takes one of the four threads that a process has for files and hashes, too. */
const BY_SYSTEM = 2
/** How long one may wait for its turn, in ms. */
const TURN_MS = 10_000

/** DNS does not have the name, or there is no DNS here. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED'])

/**
 * Returns every address of a name that somebody else chose. DNS is asked by sockets. The system's look-up holds a
 * thread until the name's own server answers, so a tenant whose server never does could hold all threads of a worker.
 * It is asked only for names of /etc/hosts, which it knows at once, and for those that DNS does not have. Rejects with
 * the reason of DNS, or TimedOut.
 */
export function createLookUp({
  resolver = new Resolver(ASKING),
  system = (host: string): Promise<Address[]> => lookup(host, { all: true }),
  hosts = '/etc/hosts',
}: {
  resolver?: Resolving
  system?: (host: string) => Promise<Address[]>
  hosts?: string
} = {}) {
  const lanes = Array.from({ length: BY_SYSTEM }, (): Promise<unknown> => Promise.resolve())
  let turns = 0

  const bySystem = (host: string): Promise<Address[]> => {
    const lane = turns++ % BY_SYSTEM
    const until = performance.now() + TURN_MS
    const found = (lanes[lane] ?? Promise.resolve()).then(() => {
      if (performance.now() > until) throw new TimedOut('Other names are being looked up.')
      return system(host)
    })
    lanes[lane] = found.catch(() => {})
    return found
  }

  return async (host: string): Promise<Address[]> => {
    if (await isListed(host, hosts)) return system(host)
    const asked = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const addresses = asked.flatMap((one, place) =>
      one.status === 'fulfilled'
        ? one.value.map((address) => ({ address, family: place === 0 ? 4 : 6 }))
        : [],
    )
    if (addresses.length > 0) return addresses
    const reasons = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    const failure = reasons.find(({ code }) => !ABSENT.has(code))
    if (failure) throw failure
    return bySystem(host)
  }
}

/** Whether a file like /etc/hosts has the name: what an operator wrote there counts before DNS. */
async function isListed(host: string, file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const names = text.split('\n').flatMap((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
  return names.some((name) => name.toLowerCase() === host.toLowerCase())
}
