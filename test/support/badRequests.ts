import type { RouteSpec } from '../../src/api/guard.ts'
import { badText, badValue, bodyWith, type Form, headerText, isRight, percent, placesOf } from './badInput.ts'
import type { Random } from './random.ts'

export type BadRequest = {
  /** Where it is bad: `POST /api-keys, allowedIps[0]`. */
  name: string
  method: string
  path: string
  headers: Record<string, string>
  body?: string | Uint8Array
  /** What the 400 has to name. Without it the value may be right, or anything may be wrong with it. */
  fault?: string
}

/** A route as somebody asks who may: `path` has an ID that exists, `given` is what its bodies have to say. */
export type Asked = { spec: RouteSpec; path: string; headers: Record<string, string>; given: Form['given'] }

const HEADERS = [
  ...['Authorization', 'X-API-Key', 'Cookie', 'Idempotency-Key', 'If-Match', 'X-Account-Id', 'X-Request-Id'],
  ...[
    'Content-Type',
    'Content-Encoding',
    'Accept',
    'Origin',
    'X-Forwarded-For',
    'X-Forwarded-Uri',
    'Traceparent',
  ],
]

/** What has a secret. It is bad with `mark` before it, which is then to be found nowhere. */
const SECRET = /^(key|authorization|x-api-key|cookie|idempotency-key)$|token$|password$/i

/** `draws` requests with something bad for each place in which a route takes something. `mark` begins secrets. */
export function badRequests(
  { spec, path, headers, given }: Asked,
  random: Random,
  draws: number,
  mark: string,
) {
  const method = spec.method === 'all' ? 'GET' : spec.method.toUpperCase()
  const form = spec.body && { schema: spec.body, given, isOptional: spec.bodyOptional }
  const typed = form ? { ...headers, 'Content-Type': 'application/json' } : headers
  const right = { method, path, headers: typed, body: form && bodyWith(form) }
  const drawn = <Place extends string>(
    places: Place[],
    draw: (place: Place) => Partial<BadRequest>,
    prefix = '',
  ): BadRequest[] =>
    places.flatMap((place) =>
      Array.from({ length: draws }, () => ({
        ...{ ...right, name: `${method} ${spec.path}, ${prefix}${place}` },
        ...draw(place),
      })),
    )
  const markOf = (place: string) => (SECRET.test(place) ? mark : '')

  const inPath = drawn(Object.keys(spec.params?.shape ?? {}), (name) => ({
    path: spec.path.replace(`:${name}`, percent(badText(random)) || '%00').replace(/:\w+/, 'none'),
  }))
  const inQuery = drawn(
    Object.keys(spec.query?.shape ?? {}),
    (name) => {
      const value = markOf(name) + percent(badText(random))
      const isTwice = random.chance(0.1)
      const query = isTwice ? `${name}=${value}&${name}=a` : `${name}=${value}`
      const [read] = new URLSearchParams(query).values()
      const isFine = spec.query?.safeParse({ [name]: isTwice ? [read, 'a'] : read }).success
      return { path: `${path}?${query}`, fault: isFine ? undefined : name }
    },
    '?',
  )
  const inHeaders = drawn(
    [random.pick(HEADERS), random.pick(HEADERS)],
    (name) => ({ headers: { ...typed, [name]: headerText(markOf(name) + badText(random)) } }),
    'header ',
  )
  const badBody = (one: Form, place: string): Partial<BadRequest> => {
    const body = bodyWith(one, place, badValue(random, markOf(place)))
    return { body, fault: isRight(one, body) ? undefined : place }
  }
  const inBody = form ? drawn(placesOf(form), (place) => badBody(form, place), 'body ') : []
  const asBytes = form
    ? drawn(['bytes'], () => ({ body: spoiltBytes(Buffer.from(bodyWith(form)), random), fault: 'body' }))
    : []
  const inFurther = Object.entries(spec.furtherBodies ?? {}).flatMap(([type, schema]) => {
    const further = { schema, given: { ...given, subject: given?.keyId } }
    const of = { headers: { ...headers, 'Content-Type': type } }
    return drawn(placesOf(further), (place) => ({ ...of, ...badBody(further, place) }), `${type} `)
  })
  return [...inPath, ...inQuery, ...inHeaders, ...inBody, ...asBytes, ...inFurther, ...inFiles()]

  /** What is wrong with a file is in its result. */
  function inFiles(): BadRequest[] {
    const [line] = Object.values(spec.file ?? {})
    if (!line) return []
    const rows = { schema: line }
    const right: Record<string, string> = JSON.parse(bodyWith(rows))
    return [
      ...drawn(placesOf(rows), (place) => ({
        headers: { ...headers, 'Content-Type': 'application/x-ndjson' },
        body: `${bodyWith(rows)}\n${bodyWith(rows, place, badValue(random))}\n`,
      })),
      ...drawn(placesOf(rows), (place) => ({
        headers: { ...headers, 'Content-Type': 'text/csv' },
        body: `${[...Object.keys(right), place].join()}\n${[...Object.values(right), badText(random)].join()}`,
      })),
    ]
  }
}

/** No JSON in UTF-8 whatever was meant. */
const spoiltBytes = (right: Buffer, random: Random): Uint8Array =>
  Uint8Array.from(
    random.pick([
      Buffer.from(right.toString(), 'utf16le'),
      right.subarray(0, random.between(1, right.length - 1)),
      Buffer.concat([right, Buffer.from([random.between(128, 255)])]),
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), right]),
    ]),
  )
