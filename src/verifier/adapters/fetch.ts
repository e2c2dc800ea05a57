import type { KeyVerifier } from '../createVerifier.ts'
import { type AdmittedKey, CLIENT_CLOSED_REQUEST, type GuardOptions, guardRequest } from './guardRequest.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a framework passes beside the request is its own
type Anything = any[]

/**
 * For servers whose handlers take a `Request` and return a `Response`: wraps a handler, which gets the key of an
 * admitted request. A refused one does not reach it. What a framework passes after the request comes to the handler
 * after the key, and to the options' functions.
 *
 * A `Request` has no address. Give `clientIp`, or keys that are bound to addresses are refused.
 */
export function fetchKeys<More extends Anything = Anything>(
  verifier: KeyVerifier,
  options: GuardOptions<Request, More> = {},
) {
  return (handler: (request: Request, key: AdmittedKey, ...more: More) => Response | Promise<Response>) =>
    async (request: Request, ...more: More): Promise<Response> => {
      const guarded = await guardRequest(verifier, options, [request, ...more], {
        url: new URL(request.url).pathname,
        method: request.method,
        headers: credentialsIn(request.headers),
        address: undefined,
      })
      if ('refused' in guarded) {
        const { status, headers, body } = guarded.refused
        return new Response(body, { status, headers })
      }
      const { key, headers, answered } = guarded
      whenGone(request, answered)
      try {
        return whenSent(await handler(request, key, ...more), headers, answered)
      } catch (error) {
        answered(500)
        throw error
      }
    }
}

/** Calls back when the caller has gone, as far as the server says so. */
export function whenGone({ signal }: Request, answered: (status: number) => void): void {
  signal.addEventListener('abort', () => answered(CLIENT_CLOSED_REQUEST), { once: true })
}

const credentialsIn = (headers: Pick<Headers, 'get'>) => ({
  authorization: headers.get('authorization') ?? undefined,
  'x-api-key': headers.get('x-api-key') ?? undefined,
})

/** The response with these headers, too; calls back with the status once its body has been read, or was given up. */
export function whenSent(
  response: Response,
  more: Record<string, string>,
  answered: (status: number) => void,
): Response {
  const { status, statusText } = response
  // Not an answer that can be made again: an error, or a switch to another protocol.
  if (status < 200) {
    answered(status)
    return response
  }
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(more)) headers.set(name, value)
  if (!response.body) {
    answered(status)
    return new Response(null, { status, statusText, headers })
  }
  return new Response(
    watched(
      response.body,
      () => answered(status),
      () => answered(CLIENT_CLOSED_REQUEST),
    ),
    {
      status,
      statusText,
      headers,
    },
  )
}

/** The same bytes, as they are asked for. */
function watched(
  body: ReadableStream<Uint8Array>,
  onEnd: () => void,
  onGivenUp: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (!done) return controller.enqueue(value)
          controller.close()
          onEnd()
        } catch (error) {
          onGivenUp()
          throw error
        }
      },
      cancel(reason) {
        onGivenUp()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
