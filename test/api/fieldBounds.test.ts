import { expect, it } from 'vitest'
import { hotRoutes } from '../../src/api/hot.ts'
import { openApiOf } from '../../src/api/openapi.ts'
import { routes } from '../../src/api/routes/all.ts'

type Schema = {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  maxLength?: number
  maxItems?: number
  maximum?: number
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
}

const specs = [...hotRoutes, ...routes].map(({ spec }) => spec)
const document = openApiOf(specs, { publicUrl: undefined, sessionCookie: 'session' })
const named = document.components.schemas as Record<string, Schema>

/** A pattern that no long text matches: without `*`, `+` and open repetitions. */
const isBounded = (pattern: string) => !/[*+]|\{\d+,\}/.test(pattern.replaceAll(/\[[^\]]*\]|\\./g, ''))

/** The fields of a body that take a value of any size. */
function unboundedIn(given: Schema, field: string, seen: Schema[] = []): string[] {
  const schema = given.$ref ? (named[given.$ref.split('/').at(-1) ?? ''] ?? {}) : given
  if (seen.includes(schema)) return []
  const types = [schema.type ?? []].flat()
  const isListed = schema.enum !== undefined || schema.const !== undefined
  const isShort =
    schema.maxLength !== undefined || (schema.pattern !== undefined && isBounded(schema.pattern))
  const isTime = schema.format === 'date-time'
  const own =
    (types.includes('string') && !isListed && !isShort && !isTime) ||
    (types.includes('array') && schema.maxItems === undefined) ||
    (types.some((type) => type === 'number' || type === 'integer') && schema.maximum === undefined)
  const within = (inner: Schema | undefined, name: string) =>
    inner === undefined ? [] : unboundedIn(inner, name, [...seen, schema])
  return [
    ...(own ? [field] : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => within(inner, `${field}.${name}`)),
    ...within(schema.items, `${field}[]`),
    ...(schema.anyOf ?? []).flatMap((inner) => within(inner, field)),
  ]
}

const bodies = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
  ([path, operations]) =>
    Object.entries(operations).flatMap(([method, { requestBody }]) =>
      Object.entries(requestBody?.content ?? {}).map(
        ([type, { schema }]) => [`${method} ${path} ${type}`, schema] as const,
      ),
    ),
)
type Operation = { requestBody?: { content: Record<string, { schema: Schema }> } }

it('knows an unbounded field when it sees one', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'array', items: { type: 'number' } } },
  }
  expect(unboundedIn(schema, 'body')).toEqual(['body.a', 'body.b', 'body.b[]'])
  expect(unboundedIn({ type: 'string', pattern: '^[a-z*]{1,4}\\+$' }, 'x')).toEqual([])
  expect(unboundedIn({ type: 'string', pattern: '^a+$' }, 'x')).toEqual(['x'])
})

// A file of keys is bounded as a whole, and line by line.
it.each(bodies.filter(([name]) => !name.endsWith('text/csv')))(
  'every field of %s has a bound',
  (_name, schema) => {
    expect(unboundedIn(schema, 'body')).toEqual([])
  },
)

/** Fields of bodies that people read later. */
const READ = ['name', 'reason']

const readFields = specs.flatMap(({ method, path, body }) =>
  READ.filter((field) => {
    const parsed = body?.safeParse({ [field]: 1 })
    return parsed?.error?.issues.some((issue) => issue.code === 'invalid_type' && issue.path[0] === field)
  }).map((field) => [`${method} ${path}`, field, body] as const),
)

it.each(readFields)('%s: nobody can hide anything in %s', (_route, field, body) => {
  for (const text of ['a\u202eb', '\u200b', 'a\u0000']) {
    const issues = body?.safeParse({ [field]: text }).error?.issues ?? []
    expect(issues.map((issue) => issue.path[0])).toContain(field)
  }
})

it('the fields that people read are found', () => {
  expect(readFields.length).toBeGreaterThanOrEqual(8)
})
