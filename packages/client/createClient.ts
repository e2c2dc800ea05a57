import { buildRequest, visible } from './buildRequest.ts'
import type { Call } from './Call.ts'
import { type Calls, calls } from './calls.ts'
import type { CallName, CallOptions, Input } from './callTypes.ts'
import { Deadline } from './Deadline.ts'
import { finish } from './finish.ts'
import { type ItemOf, iterate, type ListName } from './iterate.ts'
import { type Answer, send } from './send.ts'

export type ClientOptions = {
  /** Of the service, such as `https://keys.example.com`. */
  url: string
  /** An operator token, a service token, or an API key. Stays in memory, and in the header of each request. */
  token: string
  /** The account for which an operator token acts. */
  accountId?: string
  /** How long a call may take: attempts, pauses and the wait for its operation. In ms. Default: 30,000. */
  timeoutMs?: number
  /** Attempts after the first. Default: 3. */
  retries?: number
  /** Instead of the global one. */
  fetch?: typeof fetch
}

/** Every call of the API that takes a token or a key. Each rejects with a `KeysProblem` when it has no result. */
export interface KeysClient extends Calls {
  /** The entries of a list, page after page: `for await (const key of keys.iterate('listApiKeys')) …`. */
  iterate: <Name extends ListName>(
    name: Name,
    input?: Input<Name>,
    options?: CallOptions,
  ) => AsyncGenerator<ItemOf<Name>, void, undefined>
  /**
   * The response itself, once it is a 2xx: for its headers, such as `ETag`, and for streams (`exportAccount`, CSV of
   * `getUsage`). Does not wait for operations.
   */
  raw: <Name extends CallName>(name: Name, input?: Input<Name>, options?: CallOptions) => Promise<Response>
  /** The same client for an account, for which an operator token acts. */
  forAccount: (accountId: string) => KeysClient
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1

/** Throws a TypeError for options that cannot be right. */
export function createClient(options: ClientOptions): KeysClient {
  const { accountId, timeoutMs = 30_000, retries = 3 } = options
  const base = baseOf(options.url)
  const token = visible('token', options.token)
  const start = (name: CallName, input: object | undefined, own: CallOptions = {}) => {
    const call: Call = calls[name]
    const request = buildRequest(
      { base, token, accountId },
      call,
      (input ?? {}) as Record<string, unknown>,
      own,
    )
    const deadline = new Deadline(
      bounded('timeoutMs', own.timeoutMs ?? timeoutMs, 1, MAX_TIMEOUT_MS),
      own.signal,
    )
    const sending = {
      base,
      fetch: options.fetch ?? fetch,
      retries: bounded('retries', own.retries ?? retries, 0, 100),
      deadline,
    }
    return { call, request, sending }
  }
  const json = async (name: CallName, input?: object, own?: CallOptions): Promise<unknown> => {
    const { call, request, sending } = start(name, input, own)
    const answer: Answer = await send(request, call, sending)
    if (call.awaited && answer.response.status === 202)
      return (await finish(answer, request, call, sending)).body
    return answer.body
  }
  const methods = Object.fromEntries(
    (Object.keys(calls) as CallName[]).map((name) => [
      name,
      (input?: object, own?: CallOptions) => json(name, input, own),
    ]),
  )
  return {
    ...(methods as unknown as Calls),
    iterate: (name, input, own) => iterate(json, name, input, own),
    raw: async (name, input, own) => {
      const { call, request, sending } = start(name, input, own)
      return (await send(request, call, sending, true)).response
    },
    forAccount: (id) => createClient({ ...options, accountId: id }),
  }
}

/** `fetch` repeats a URL that it refuses in its error, with the password that it may have. */
function baseOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
    throw new TypeError('url must be an http or https URL without a user name and password')
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`
}

function bounded(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new TypeError(`${name} must be a whole number from ${least} to ${most}`)
}
