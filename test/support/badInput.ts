import { z } from 'zod'
import type { Random } from './random.ts'

type Schema = {
  $ref?: string
  $defs?: Record<string, Schema>
  type?: string
  format?: string
  enum?: unknown[]
  const?: unknown
  minimum?: number
  required?: string[]
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
}

/** A body: its schema, and values by the names of its fields, where the schema alone does not say what is accepted. */
export type Form = { schema: z.ZodType; given?: Record<string, unknown>; isOptional?: boolean }

const PIECES = [
  ...['', ' ', 'a', '0', '-1', 'é', '😀', '\0', '\ud800', '\udfff', '\u202e', '\u200b', '\ufeff', '\r\n'],
  ...[':', 'key_1:', '{', '}', '{tag}', '*', '?', '[a-z]', '(a+)+$', '\\', "'", '"', "' or 1=1--", '$1'],
  ...['../../etc/passwd', '<script>', '__proto__', 'constructor', 'toString', 'null', 'true', 'NaN', '1e400'],
  ...['Infinity', '0x10', '9'.repeat(400), '9999-12-31T23:59:59.999Z', '0000-00-00T00:00:00Z', '%00', '%zz'],
  ...['+275760-09-13T00:00:00Z', '0.0.0.0/0', '::ffff:127.0.0.1', 'a@b', 'http://[', 'http://a:b@c.invalid/'],
]

/** Text that somebody who means harm, or a broken client, sends: pieces of it in any order, sometimes very long. */
export function badText(random: Random): string {
  const text = Array.from({ length: random.between(1, 3) }, () => random.pick(PIECES)).join('')
  return random.chance(0.1) ? text.repeat(random.between(100, 2_000)).slice(0, 8_000) : text
}

/** JSON, or nearly: numbers that no double holds, names of prototypes, what no text can be. */
const VALUES = [
  ...['1e400', '-1e400', '1e308', '5e-324', '-0', '-1', '1.5', '0', '1e21', '9007199254740993', '2147483648'],
  ...['-9223372036854775809', `1${'0'.repeat(400)}`, 'NaN', 'Infinity', '-Infinity', '01', '0x10'],
  ...['', 'null', 'true', 'false', '[]', '{}', '[[]]', '[null]', '[1e400]', '"\\ud800"', '"\\u0000"'],
  ...['{"__proto__":{"access":"admin"}}', '{"constructor":{"prototype":{"a":1}}}', '{"toString":1}', '"\0"'],
  ...['{"a":1,"a":2}', '{"\\u0000":1}', '{"\\ud800":1}', '{"":1}', '{"a:b{c}*":1}', '{"length":-1}'],
  `[${'1,'.repeat(2_000)}1]`,
]

const nested = (depth: number, random: Random) =>
  random.chance(0.5) ? '['.repeat(depth) + ']'.repeat(depth) : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

/** What stands in the place of a field's value: JSON, or nearly. Texts begin with `mark`. */
export function badValue(random: Random, mark = ''): string {
  const text = () => JSON.stringify(mark + badText(random))
  if (random.chance(0.5)) return text()
  if (random.chance(0.1))
    return nested(random.pick([random.between(2, 33), random.between(34, 1_500)]), random)
  return random.chance(0.1) ? `[${text()}]` : random.pick(VALUES)
}

/** The same as bytes of a URL. */
export const percent = (text: string) =>
  Buffer.from(text)
    .reduce((all, byte) => `${all}%${byte.toString(16).padStart(2, '0')}`, '')
    .toUpperCase()

/** The same as the value of a header. */
export const headerText = (text: string) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '').trim()

/** Values that fields with these names accept, where their schema alone does not say so. */
const SAMPLES: Record<string, unknown> = {
  ...{ email: 'ada@example.com', password: 'correct horse battery', role: 'viewer', type: 'live' },
  ...{ permissions: 'renders:write', permission: 'renders:write', hash: 'ab'.repeat(32) },
  ...{ url: 'http://127.0.0.1:9/', metric: 'requests', specversion: '1.0', source: 'test', status: 200 },
}

const jsonSchemas = new WeakMap<z.ZodType, Schema>()
function jsonSchemaOf(schema: z.ZodType): Schema {
  const known =
    jsonSchemas.get(schema) ?? (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema)
  jsonSchemas.set(schema, known)
  return known
}

const resolved = (root: Schema, schema: Schema): Schema =>
  schema.$ref === undefined ? schema : (root.$defs?.[schema.$ref.split('/').at(-1) ?? ''] ?? root)

/** Every place in which a body takes something, such as `events[0].keyId`; '' is the whole. */
export function placesOf({ schema }: Form): string[] {
  const root = jsonSchemaOf(schema)
  const within = (given: Schema, place: string, above: Schema[]): string[] => {
    const one = resolved(root, given)
    if (above.includes(one)) return []
    const inner = (next: Schema, at: string) => within(next, at, [...above, one])
    return [
      place,
      ...Object.entries(one.properties ?? {}).flatMap(([name, next]) =>
        inner(next, place === '' ? name : `${place}.${name}`),
      ),
      ...(one.items ? inner(one.items, `${place}[0]`) : []),
      ...(one.anyOf ?? []).flatMap((next) => inner(next, place)),
    ]
  }
  return [...new Set(within(root, '', []))]
}

const HERE = 'HERE-COMES-WHAT-IS-BAD'

/** A body that is right, as JSON, but for `text` at this place. Without a place all of it is right. */
export function bodyWith(form: Form, place?: string, text = ''): string {
  if (place === '') return text
  const root = jsonSchemaOf(form.schema)
  const build = (given: Schema, name: string, [next, ...rest]: string[], isPlace: boolean): unknown => {
    if (isPlace && next === undefined) return HERE
    const all = resolved(root, given)
    const one =
      all.anyOf
        ?.map((each) => resolved(root, each))
        .find((each) => next === undefined || next in asFields(each)) ?? all
    if (one.properties) {
      const names = new Set([...(one.required ?? []), ...(next === undefined ? [] : [next])])
      return Object.fromEntries(
        [...names].map((field) => [
          field,
          build(one.properties?.[field] ?? {}, field, field === next ? rest : [], isPlace && field === next),
        ]),
      )
    }
    if (one.items) return [build(one.items, name, rest, isPlace)]
    if (one.const !== undefined) return one.const
    const known = form.given?.[name] ?? SAMPLES[name]
    if (known !== undefined && (one.enum?.includes(known) ?? true)) return known
    if (one.enum) return one.enum.at(-1)
    if (one.format === 'date-time') return new Date().toISOString()
    if (one.type === 'number' || one.type === 'integer') return one.minimum ?? 1
    return one.type === 'boolean' ? true : one.type === 'object' ? {} : 'a'
  }
  const path = place?.split(/\.|(?=\[)/) ?? []
  const sample = build(root, '', path, place !== undefined)
  const fields = resolved(root, root).properties ?? {}
  const given = Object.entries(form.given ?? {}).filter(([name]) => name in fields && name !== path[0])
  const whole = Array.isArray(sample) ? sample : { ...(sample as object), ...Object.fromEntries(given) }
  return JSON.stringify(whole).replace(`"${HERE}"`, () => text)
}

const asFields = ({ properties, items }: Schema): object => properties ?? (items ? { '[0]': items } : {})

/** Whether a body may be accepted: it is JSON that its schema takes and Postgres can store. */
export function isRight({ schema, isOptional }: Form, body: string): boolean {
  if (body === '') return isOptional === true
  try {
    const value: unknown = JSON.parse(body)
    return isStorable(value) && schema.safeParse(value).success
  } catch {
    return false
  }
}

function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(
    ([name, inner]) => name !== '__proto__' && depth < 32 && isStorable(name) && isStorable(inner, depth + 1),
  )
}
