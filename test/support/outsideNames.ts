import dns from 'node:dns'
import dnsPromises from 'node:dns/promises'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

/**
 * Loaded before a process of the service (`node --import`), lets a test's servers play servers on the Internet, without
 * WEBHOOK_ALLOW_PRIVATE: names in `.example.com` have the public address OUTSIDE, and connections to it go to this
 * machine. The first look-up of `changing.example.com` finds the public address NOWHERE, which refuses connections,
 * every later one 127.0.0.1.
 */
const OUTSIDE = '93.184.215.14'
const NOWHERE = '93.184.215.15'

const found = new Set<string>()
function addressOf(name: string): string | undefined {
  if (name === 'changing.example.com') {
    if (found.has(name)) return '127.0.0.1'
    found.add(name)
    return NOWHERE
  }
  return name.endsWith('.example.com') ? OUTSIDE : undefined
}

type Options = { all?: boolean; lookup?: Lookup; host?: string }
type Found = string | { address: string; family: number }[]
type Done = (error: Error | null, found?: Found, family?: number) => void
type Lookup = (name: string, options: Options, done: Done) => void

const { lookup } = dns as unknown as { lookup: Lookup }
const ownLookup: Lookup = (name, options, done) => {
  const address = addressOf(name)
  if (address === undefined) lookup(name, options, done)
  else if (options.all) done(null, [{ address, family: 4 }])
  else done(null, address, 4)
}
const { lookup: lookupLater } = dnsPromises
Object.assign(dns, { lookup: ownLookup })
Object.assign(dnsPromises, {
  lookup: async (name: string, options: { all: true }) => {
    const address = addressOf(name)
    return address === undefined ? lookupLater(name, options) : [{ address, family: 4 }]
  },
})

/** DNS has none of these names: they are asked of the system. */
const absent = async (name: string) => {
  throw Object.assign(new Error(`No ${name} in DNS`), { code: 'ENOTFOUND' })
}
Object.assign(dnsPromises.Resolver.prototype, { resolve4: absent, resolve6: absent })

/** The same look-up, whose addresses lead to where they are routed here. */
const routed =
  (asked: Lookup): Lookup =>
  (name, options, done) =>
    asked(name, options, (error, addresses, family) => {
      const text = JSON.stringify(addresses) ?? ''
      if (text.includes(NOWHERE)) done(Object.assign(new Error('Nobody is there'), { code: 'ECONNREFUSED' }))
      else done(error, addresses && JSON.parse(text.replaceAll(OUTSIDE, '127.0.0.1')), family)
    })

const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (this: net.Socket, ...given: unknown[]) {
  // What net has normalised is a list: options first.
  const list = (Array.isArray(given[0]) ? given[0] : given) as [Options?]
  const [options] = list
  if (options?.host?.endsWith('.example.com'))
    list[0] = { ...options, lookup: routed(options.lookup ?? ownLookup) }
  return Reflect.apply(connect, this, given)
}
syncBuiltinESMExports()
