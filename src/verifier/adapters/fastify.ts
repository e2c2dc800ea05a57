import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { KeyVerifier } from '../createVerifier.ts'
import { guardNode } from './guardNode.ts'
import type { AdmittedKey, GuardOptions } from './guardRequest.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The key of an admitted request. */
    apiKey?: AdmittedKey
  }
}

/** The parts of Fastify's request and reply that are used here. */
type Request = { raw: IncomingMessage; apiKey?: AdmittedKey }
type Reply = {
  raw: ServerResponse
  code: (status: number) => unknown
  headers: (headers: Record<string, string>) => unknown
  send: (body: Buffer) => unknown
}

/**
 * A Fastify hook (`onRequest`, or `preHandler` where the options look at the body): `request.apiKey` is the key of an
 * admitted request, a refused one goes no further.
 */
export function fastifyKeys<Req extends Request = FastifyRequest>(
  verifier: KeyVerifier,
  options: GuardOptions<Req> = {},
) {
  return async (request: Req, reply: Reply): Promise<unknown> => {
    const guarded = await guardNode(verifier, options, {
      request,
      raw: request.raw,
      response: reply.raw,
    })
    if ('refused' in guarded) {
      const { status, headers, body } = guarded.refused
      reply.code(status)
      reply.headers(headers)
      // As bytes, for Fastify names a charset with every text.
      reply.send(Buffer.from(body))
      return reply
    }
    reply.headers(guarded.headers)
    request.apiKey = guarded.key
    return undefined
  }
}
