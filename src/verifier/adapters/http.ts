import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KeyVerifier } from '../createVerifier.ts'
import { guardNode } from './guardNode.ts'
import type { AdmittedKey, GuardOptions } from './guardRequest.ts'

/**
 * For plain `node:http`: answers the key of an admitted request; a refused one it has answered itself, then
 * undefined.
 */
export function httpKeys(verifier: KeyVerifier, options: GuardOptions<IncomingMessage> = {}) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<AdmittedKey | undefined> => {
    const guarded = await guardNode(verifier, options, { request, raw: request, response })
    if ('refused' in guarded) {
      const { status, headers, body } = guarded.refused
      response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body)
      return undefined
    }
    for (const [name, value] of Object.entries(guarded.headers)) response.setHeader(name, value)
    return guarded.key
  }
}
