import type { Call } from './Call.ts'
import type { CallOptions } from './callTypes.ts'

/** A request that can be sent again. */
export type BuiltRequest = {
  method: string
  url: string
  headers: Record<string, string>
  body: string | undefined
}

export type Target = { base: string; token: string; accountId: string | undefined }

type Fields = Readonly<Record<string, unknown>>

/** Throws a TypeError that names the field and never repeats what it holds: it may be a secret. */
export function buildRequest(
  { base, token, accountId }: Target,
  { method, path, keyed, file }: Call,
  input: Fields,
  options: CallOptions,
): BuiltRequest {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined))
  const take = (name: string) => {
    const value = rest.get(name)
    rest.delete(name)
    return value
  }
  const filled = path.replace(/{(\w+)}/g, (_, name: string) => segmentOf(name, take(name)))
  const headers: Record<string, string> = {
    Authorization: `Bearer ${token}`,
    Accept: 'application/json, */*',
  }
  const set = (header: string, option: string, value: string | undefined) => {
    if (value !== undefined) headers[header] = visible(option, value)
  }
  set('X-Account-Id', 'accountId', options.accountId ?? accountId)
  set('If-Match', 'ifMatch', options.ifMatch)
  set(
    'Idempotency-Key',
    'idempotencyKey',
    options.idempotencyKey ?? (keyed ? crypto.randomUUID() : undefined),
  )
  const hasBody = method !== 'GET' && method !== 'DELETE'
  const query = hasBody ? (file ?? []).map((name) => [name, take(name)] as const) : [...rest]
  let body: string | undefined
  if (hasBody && file) {
    headers['Content-Type'] = visible('contentType', String(take('contentType')))
    body = String(take('file'))
  } else if (hasBody && rest.size > 0) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(Object.fromEntries(rest))
  }
  return { method, url: `${base}${filled}${queryOf(query)}`, headers, body }
}

/** `.` and `..` would lead to another path. */
function segmentOf(name: string, value: unknown): string {
  const isText = typeof value === 'string' && value !== '' && value !== '.' && value !== '..'
  if (!isText && typeof value !== 'number') throw new TypeError(`${name} must be a text that is not empty`)
  return encodeURIComponent(value)
}

function queryOf(entries: (readonly [string, unknown])[]): string {
  const query = new URLSearchParams()
  for (const [name, value] of entries)
    if (value !== undefined && value !== null) query.set(name, String(value))
  return query.size === 0 ? '' : `?${query}`
}

/** A header's value. `fetch` would repeat a bad one in its error. */
export function visible(name: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value))
    throw new TypeError(`${name} must be printable ASCII characters without spaces`)
  return value
}
