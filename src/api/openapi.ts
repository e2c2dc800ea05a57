import { z } from 'zod'
import { VERSION } from '../platform/release.ts'
import type { RouteSpec, Streams } from './guard.ts'
import { problems, type Slug } from './problems.ts'
import { Accepted, AcceptedWithSecret } from './schemas.ts'
import { TAGS } from './tags.ts'

const always: Slug[] = ['validation-error', 'internal-error', 'service-unavailable']
const ofAccounts: Slug[] = [
  'missing-authorization',
  'invalid-api-key',
  'account-suspended',
  'insufficient-permissions',
  'ip-not-allowed',
  'rate-limit-exceeded',
]
const ofOperators: Slug[] = [
  'missing-authorization',
  'invalid-operator-token',
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

const STATUSES: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Gone',
  412: 'PreconditionFailed',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
  422: 'UnprocessableContent',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
}

/** The OpenAPI 3.1 document of what the guards check. */
export function openApiOf(
  specs: RouteSpec[],
  { publicUrl, sessionCookie }: { publicUrl: string | undefined; sessionCookie: string },
) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const spec of specs) {
    const path = spec.path.replace(/:(\w+)/g, '{$1}')
    if (spec.method !== 'all') paths[path] = { ...paths[path], [spec.method]: operationOf(spec) }
    else paths[path] = { get: operationOf(spec), post: operationOf(spec, 'ByPost') }
  }
  return withSharedSchemas({
    openapi: '3.1.0',
    info: {
      title: 'Pictify Keys',
      version: VERSION,
      description: 'API keys: create, verify, meter, limit and revoke.',
      contact: { name: 'Pictify', url: 'https://docs.pictify.io' },
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: publicUrl ?? '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { Problem: schemaOf(Problem, 'output') },
      responses: { ...acceptances(), ...problemResponses() },
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key. `X-API-Key` is accepted, too.' },
        session: { type: 'apiKey', in: 'cookie', name: sessionCookie },
        serviceToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'The service token of a resource server',
        },
        operatorToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'An operator token. For the routes of an account, name it by `X-Account-Id`.',
        },
      },
    },
  })
}

const slugsOf = (status: number) =>
  (Object.keys(problems) as Slug[]).filter((slug) => problems[slug].status === status)

function problemResponses() {
  const of = (status: number) => ({
    description: slugsOf(status)
      .map((slug) => `\`${slug}\``)
      .join(', '),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  })
  return Object.fromEntries(Object.entries(STATUSES).map(([status, name]) => [name, of(Number(status))]))
}

/** The 202 of every command. */
const ACCEPTANCES = { Accepted, AcceptedWithSecret }

function acceptances() {
  const header = (description: string) => ({ description, schema: { type: 'string' } })
  return Object.fromEntries(
    Object.entries(ACCEPTANCES).map(([name, schema]) => [
      name,
      {
        description: 'Accepted, but not done yet: see `Location`',
        headers: {
          Location: header('The operation to ask for'),
          'Retry-After': header('After so many seconds'),
        },
        content: answersOf(schema),
      },
    ]),
  )
}

const acceptanceOf = (schema: unknown) =>
  Object.entries(ACCEPTANCES).find(([, acceptance]) => acceptance === schema)?.[0]

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

function operationOf(spec: RouteSpec, suffix = '') {
  const slugs = new Set<Slug>([...spec.problems, ...always])
  if (spec.auth === 'session' || spec.auth === 'person')
    slugs.add('missing-authorization').add('insufficient-permissions').add('rate-limit-exceeded')
  if (isOfServices(spec.auth)) slugs.add('missing-authorization')
  else if (isOfOperators(spec.auth)) for (const slug of ofOperators) slugs.add(slug)
  else if (typeof spec.auth === 'object') for (const slug of ofAccounts) slugs.add(slug)
  // A command: an account may have only so many that are not finished.
  if (202 in spec.responses) slugs.add('rate-limit-exceeded')
  if (spec.body || spec.file) for (const slug of ofBodies) slugs.add(slug)
  return {
    operationId: `${spec.operation}${suffix}`,
    summary: spec.summary,
    description: descriptionOf(spec, slugs),
    tags: [spec.tag],
    security: securityOf(spec),
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

function descriptionOf({ auth, description }: RouteSpec, slugs: Set<Slug>): string {
  const permission = requirementOf(auth)
  const named = [...slugs].map((slug) => `\`${slug}\``).join(', ')
  return [description, permission, `Problems: ${named}.`].filter(Boolean).join('\n\n')
}

type Auth = RouteSpec['auth']

const isOfOperators = (auth: Auth): auth is Extract<Auth, { operator: unknown }> =>
  typeof auth === 'object' && 'operator' in auth

const isOfServices = (auth: Auth): auth is Extract<Auth, { service: unknown }> =>
  typeof auth === 'object' && 'service' in auth

function requirementOf(auth: Auth): string | undefined {
  if (isOfServices(auth)) return `Requires a service token with the permission \`${auth.service}\`.`
  if (isOfOperators(auth)) return `Requires an operator token with the permission \`${auth.operator}\`.`
  return typeof auth === 'object' ? `Requires the permission \`${auth.permission}\`.` : undefined
}

function securityOf({ path, auth }: RouteSpec): Record<string, string[]>[] {
  if (path === '/forward-auth') return [{ apiKey: [] }]
  if (auth === 'none') return []
  if (isOfServices(auth)) return [{ serviceToken: [] }]
  if (auth === 'session' || auth === 'person') return [{ session: [] }]
  if (isOfOperators(auth)) return [{ operatorToken: [] }]
  return [{ apiKey: [] }, { session: [] }, { operatorToken: [] }]
}

function parametersOf(spec: RouteSpec) {
  const from = (place: 'path' | 'query', object: z.ZodObject | undefined) =>
    Object.entries(object?.shape ?? {}).map(([name, shape]) => {
      const { description, ...schema } = schemaOf(shape as z.ZodType, 'input')
      return { name, in: place, required: place === 'path', description, schema }
    })
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
            `A repeated request gets the first one’s response, for ${spec.idempotentFor ?? '24 hours'}`,
          ),
        ]
      : []),
    ...(takesTag ? [header('If-Match', 'Refuses the change unless this is the current ETag')] : []),
  ]
}

function successesOf(spec: RouteSpec) {
  return Object.fromEntries(
    Object.entries(spec.responses).map(([status, schema]) => {
      const acceptance = acceptanceOf(schema)
      if (acceptance) return [status, { $ref: `#/components/responses/${acceptance}` }]
      const description = status === '202' ? 'Accepted' : 'Done'
      return [status, { description, ...(schema ? { content: answersOf(schema) } : {}) }]
    }),
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
  const statuses = new Set([...slugs].map((slug) => problems[slug].status))
  return Object.fromEntries(
    [...statuses].map((status) => [status, { $ref: `#/components/responses/${STATUSES[status]}` }]),
  )
}
