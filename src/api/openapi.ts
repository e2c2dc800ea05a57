import { z } from 'zod'
import type { RouteSpec, Streams } from './guard.ts'
import { problems, type Slug } from './problems.ts'

const always: Slug[] = ['validation-error', 'internal-error', 'service-unavailable']
const ofAccounts: Slug[] = [
  'missing-authorization',
  'invalid-api-key',
  'insufficient-permissions',
  'ip-not-allowed',
  'rate-limit-exceeded',
]
const ofBodies: Slug[] = ['payload-too-large', 'unsupported-media-type']

const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string(), code: z.string() })).optional(),
  retryAfter: z.int().optional(),
})

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return json
}

/** The OpenAPI 3.1 document of what the guards check. */
export function openApiOf(
  specs: RouteSpec[],
  { publicUrl, sessionCookie }: { publicUrl: string | undefined; sessionCookie: string },
) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const spec of specs) {
    const path = spec.path.replace(/:(\w+)/g, '{$1}')
    for (const method of spec.method === 'all' ? ['get', 'post'] : [spec.method]) {
      paths[path] = { ...paths[path], [method]: operationOf(spec, method) }
    }
  }
  return withSharedSchemas({
    openapi: '3.1.0',
    info: {
      title: 'Pictify Keys',
      version: '1',
      description: 'API keys: create, verify, meter, limit and revoke.',
    },
    servers: [{ url: publicUrl ?? '/' }],
    paths,
    components: {
      schemas: { Problem: schemaOf(Problem, 'output') },
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key; X-API-Key is accepted too' },
        session: { type: 'apiKey', in: 'cookie', name: sessionCookie },
        serviceToken: { type: 'http', scheme: 'bearer', description: 'A resource server’s service token' },
      },
    },
  })
}

type Document = { components: { schemas: Record<string, unknown> } }

/** Schemas define what they repeat under `$defs` of their own; references are read from the document’s root. */
function withSharedSchemas<Whole extends Document>(document: Whole): Whole {
  const shared: Record<string, unknown> = {}
  const share = (definitions: Record<string, unknown>) => {
    for (const [name, schema] of Object.entries(definitions)) {
      shared[name] ??= schema
      if (JSON.stringify(shared[name]) !== JSON.stringify(schema)) throw new Error(`Two schemas are ${name}`)
    }
  }
  const rest = JSON.parse(
    JSON.stringify(document, (name, value) => (name === '$defs' ? share(value) : value)),
  ) as Whole
  Object.assign(rest.components.schemas, shared)
  return JSON.parse(JSON.stringify(rest).replaceAll('"#/$defs/', '"#/components/schemas/'))
}

function operationOf(spec: RouteSpec, method: string) {
  const slugs = new Set<Slug>([...spec.problems, ...always])
  if (spec.auth === 'session') slugs.add('missing-authorization').add('insufficient-permissions')
  if (typeof spec.auth === 'object') for (const slug of ofAccounts) slugs.add(slug)
  // A command: an account may have only so many that are not finished.
  if (202 in spec.responses) slugs.add('rate-limit-exceeded')
  if (spec.body || spec.file) for (const slug of ofBodies) slugs.add(slug)
  return {
    operationId: `${method}${spec.path.replace(/[^A-Za-z]+(\w)?/g, (_, letter = '') => letter.toUpperCase())}`,
    summary: spec.summary,
    tags: [spec.tag],
    ...securityOf(spec),
    parameters: parametersOf(spec),
    ...(spec.body
      ? {
          requestBody: {
            required: !spec.bodyOptional,
            content: contentOf({ 'application/json': spec.body, ...spec.furtherBodies }, 'input'),
          },
        }
      : {}),
    ...(spec.file ? { requestBody: { required: true, content: contentOf(spec.file, 'input') } } : {}),
    responses: { ...successesOf(spec), ...problemsOf(slugs) },
  }
}

function securityOf(spec: RouteSpec) {
  if (spec.path === '/forward-auth') return { security: [{ apiKey: [] }] }
  if (spec.auth === 'none') return { security: [] }
  if (spec.auth === 'service') return { security: [{ serviceToken: [] }] }
  if (spec.auth === 'session') return { security: [{ session: [] }] }
  return {
    security: [{ apiKey: [] }, { session: [] }],
    description: `Takes the permission \`${spec.auth.permission}\`.`,
  }
}

function parametersOf(spec: RouteSpec) {
  const from = (place: 'path' | 'query', object: z.ZodObject | undefined) =>
    Object.entries(object?.shape ?? {}).map(([name, schema]) => ({
      name,
      in: place,
      required: place === 'path',
      schema: schemaOf(schema as z.ZodType, 'input'),
    }))
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  })
  const takesKey = spec.problems.includes('idempotency-conflict')
  const takesTag = spec.problems.includes('precondition-failed')
  return [
    ...from('path', spec.params),
    ...from('query', spec.query),
    ...(takesKey
      ? [
          header(
            'Idempotency-Key',
            `Repeats of a request within ${spec.idempotentFor ?? '24 hours'} get the first one’s answer`,
          ),
        ]
      : []),
    ...(takesTag ? [header('If-Match', 'Refuses the change unless this is the present ETag')] : []),
  ]
}

function successesOf(spec: RouteSpec) {
  return Object.fromEntries(
    Object.entries(spec.responses).map(([status, schema]) => [
      status,
      {
        description: status === '202' ? 'Not done yet: see Location' : 'Done',
        ...(schema ? { content: answersOf(schema) } : {}),
      },
    ]),
  )
}

function answersOf(answer: z.ZodType | Streams) {
  return contentOf('streams' in answer ? answer.streams : { 'application/json': answer }, 'output')
}

function contentOf(byType: Record<string, z.ZodType>, io: 'input' | 'output') {
  return Object.fromEntries(
    Object.entries(byType).map(([type, schema]) => [type, { schema: schemaOf(schema, io) }]),
  )
}

function problemsOf(slugs: Set<Slug>) {
  const byStatus = Map.groupBy(slugs, (slug) => problems[slug].status)
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      {
        description: some.map((slug) => `\`${slug}\``).join(', '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}
