import dns from 'node:dns/promises'
import { syncBuiltinESMExports } from 'node:module'

/**
 * Cuts this thread off from the network. Satori loads the pictures that html and css refer to, through the
 * global fetch and after a look at the host's addresses; a server must not go where strangers send it.
 * Every host is loopback from here on, which satori refuses by itself with an error of this wording.
 */
export function goOffline(): void {
  globalThis.fetch = async () => {
    throw new Error('SSRF protection')
  }
  dns.lookup = (async () => [{ address: '127.0.0.1', family: 4 }]) as unknown as typeof dns.lookup
  syncBuiltinESMExports()
}

export const isOfflineError = (message: string) => message.includes('SSRF protection')
