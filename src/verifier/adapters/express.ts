import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KeyVerifier } from '../createVerifier.ts'
import type { AdmittedKey, GuardOptions } from './guardRequest.ts'
import { httpKeys } from './http.ts'

declare global {
  namespace Express {
    interface Request {
      /** The key of an admitted request. */
      apiKey?: AdmittedKey
    }
  }
}

type Request = IncomingMessage & { apiKey?: AdmittedKey }

/** Express middleware (and Connect): `req.apiKey` is the key of an admitted request; a refused one goes no further. */
export function expressKeys<Req extends Request = Request>(
  verifier: KeyVerifier,
  options: GuardOptions<Req> = {},
) {
  const keys = httpKeys(verifier, options as GuardOptions<IncomingMessage>)
  return (request: Req, response: ServerResponse, next: (error?: unknown) => void): void => {
    keys(request, response).then((key) => {
      if (!key) return
      request.apiKey = key
      next()
    }, next)
  }
}
