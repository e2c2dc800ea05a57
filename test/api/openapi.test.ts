import Spectral from '@stoplight/spectral-core'
import Rulesets from '@stoplight/spectral-rulesets'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { hotRoutes } from '../../src/api/hot.ts'
import { routes } from '../../src/api/routes/all.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

type Schema = Record<string, unknown>
type Content = Record<string, { schema: Schema }>
type Operation = {
  operationId: string
  summary: string
  tags: string[]
  security: Record<string, string[]>[]
  parameters: { name: string; in: string; required: boolean; schema: Schema }[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, { description: string; content?: Content }>
}
type Document = {
  openapi: string
  info: Record<string, unknown>
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    responses: Operation['responses']
    securitySchemes: Record<string, Schema>
  }
}

let service: SharedService
let document: Document
let operations: [name: string, operation: Operation][]
beforeAll(async () => {
  service = await sharedService()
  document = (await service.server.as(undefined).get('/openapi.json')).body
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      { ...operation, responses: resolved(operation.responses) },
    ]),
  )
})

/** Problems are responses that operations share. */
const resolved = (responses: Operation['responses']) =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const shared = '$ref' in response ? String(response.$ref).split('/').at(-1) : undefined
      return [status, shared ? (document.components.responses[shared] ?? response) : response]
    }),
  )

describe('/openapi.json', () => {
  it('is an OpenAPI 3.1 document with what its rules ask for', () => {
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\.\d$/),
      info: { title: expect.any(String), version: expect.any(String) },
      servers: [{ url: expect.any(String) }],
    })
    const ids = operations.map(([, { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [name, operation] of operations) {
      const parameters = operation.parameters.map((one) => `${one.in} ${one.name}`)
      expect(new Set(parameters).size, name).toBe(parameters.length)
      const inPath = [...name.matchAll(/{(\w+)}/g)].map(([, parameter]) => `path ${parameter}`)
      expect(
        parameters.filter((one) => one.startsWith('path')),
        name,
      ).toEqual(inPath)
      for (const one of operation.parameters) {
        expect(['path', 'query', 'header'], name).toContain(one.in)
        if (one.in === 'path') expect(one.required, name).toBe(true)
      }
      for (const scheme of operation.security.flatMap(Object.keys))
        expect(document.components.securitySchemes, name).toHaveProperty(scheme)
      expect(operation.summary, name).not.toBe('')
      expect(operation.tags.length, name).toBe(1)
    }
  })

  it('breaks no rule that Spectral recommends', async () => {
    const spectral = new Spectral.Spectral()
    // Its own types disagree about what the two packages hand each other.
    spectral.setRuleset({ extends: [Rulesets.oas] } as unknown as Parameters<typeof spectral.setRuleset>[0])
    const findings = await spectral.run(JSON.stringify(document))
    expect(findings.map(({ code, path }) => `${code} at ${path.join('.')}`)).toEqual([])
  })

  it('says its licence and the version of the release', () => {
    expect(document.info).toMatchObject({ license: { name: 'MIT' }, version: packageJson.version })
  })

  it('gives every schema that it shares a name for people', () => {
    const names = Object.keys(document.components.schemas)
    expect(names).toEqual(
      expect.arrayContaining(['ApiKey', 'NewApiKey', 'Verification', 'AlertRule', 'Channel', 'Member']),
    )
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Za-z]+$/)
  })

  it('every reference leads to something in it', () => {
    const references: string[] = []
    JSON.stringify(document, (name, value) => {
      if (name === '$ref') references.push(value)
      return value
    })
    expect(references.length).toBeGreaterThan(0)
    for (const reference of references) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((at, part) => (at as Schema | undefined)?.[part], document)
      expect(found, reference).toBeDefined()
    }
  })

  it('every schema is a JSON Schema of the dialect that 3.1 takes', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema({ $id: 'document', ...document })
    const local = (schema: Schema): Schema =>
      JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'))
    let compiled = 0
    for (const [name, operation] of operations) {
      const contents = [operation.requestBody, ...Object.values(operation.responses)].map(
        (one) => one?.content,
      )
      const schemas = [
        ...contents.flatMap((content) => Object.values(content ?? {}).map(({ schema }) => schema)),
        ...operation.parameters.map(({ schema }) => schema),
      ]
      for (const schema of schemas) {
        expect(() => ajv.compile(local(schema)), name).not.toThrow()
        compiled += 1
      }
    }
    expect(compiled).toBeGreaterThan(100)
  })

  it('/verify answers by its schema, whatever it decides', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema({ $id: 'document', ...JSON.parse(JSON.stringify(document)) })
    const isVerification = ajv.compile({ $ref: 'document#/components/schemas/Verification' })
    const fields = Object.keys(document.components.schemas.Verification?.properties ?? {})
    const account = await service.account()
    const newKey = async (access: string) =>
      (await account.post('/api-keys', { name: 'Any', type: 'test', access })).body.key
    const [full, reader] = [await newKey('full'), await newKey('read_only')]
    const permission = 'renders:write'
    for (const [code, asked] of [
      ['VALID', { key: full, permission, ip: '203.0.113.7', endpoint: '/image', method: 'POST' }],
      ['QUOTA_EXCEEDED', { key: full, permission, units: 1_000 }],
      ['FORBIDDEN', { key: reader, permission }],
      ['NOT_FOUND', { key: `${full}x` }],
    ] as const) {
      const { body } = await service.server.post('/verify', asked)
      expect(body.code).toBe(code)
      expect(isVerification(body) ? [] : isVerification.errors, code).toEqual([])
      expect(fields, code).toEqual(expect.arrayContaining(Object.keys(body)))
    }
  })

  it('has every route that there is, and no other', () => {
    const served = [...hotRoutes, ...routes].flatMap(({ spec }) =>
      (spec.method === 'all' ? ['get', 'post'] : [spec.method]).map(
        (method) => `${method} ${spec.path.replace(/:(\w+)/g, '{$1}')}`,
      ),
    )
    expect(operations.map(([name]) => name).sort()).toEqual(served.sort())
  })

  it.each([
    ...[
      'post /api-keys',
      'get /api-keys',
      'get /api-keys/{id}',
      'patch /api-keys/{id}',
      'delete /api-keys/{id}',
    ],
    ...['post /api-keys/{id}/revoke', 'post /api-keys/{id}/rotate', 'get /api-keys/{id}/usage'],
    ...['get /account', 'get /audit-log', 'get /operations/{id}', 'post /session', 'delete /session'],
    ...['get /members', 'post /members', 'get /members/{id}', 'patch /members/{id}', 'delete /members/{id}'],
    ...['post /verify', 'get /forward-auth', 'post /usage/events'],
  ])('describes %s', (call) => {
    expect(operations.map(([name]) => name)).toContain(call)
  })

  it('every answer has a schema, every call its problems', () => {
    for (const [name, { responses, requestBody, security }] of operations) {
      const statuses = Object.keys(responses)
      expect(statuses, name).toEqual(expect.arrayContaining(['400', '500', '503']))
      if (security.length > 0) expect(statuses, name).toContain('401')
      if (requestBody) expect(statuses, name).toEqual(expect.arrayContaining(['413', '415']))
      if (/{id}/.test(name)) expect(statuses, name).toContain('404')
      expect(
        statuses.some((status) => status.startsWith('2')),
        name,
      ).toBe(true)
      for (const [status, { description, content }] of Object.entries(responses)) {
        expect(description, name).not.toBe('')
        if (status === '204' || name.endsWith('/forward-auth')) continue
        // Pages for people.
        if (name.endsWith('/channel-confirmation')) continue
        const isExport = name === 'get /account/export'
        const own = isExport ? 'application/x-ndjson' : 'application/json'
        const type = Number(status) < 400 ? own : 'application/problem+json'
        const csv = `${name} ${status}` === 'get /usage 200' ? ['text/csv'] : []
        expect(Object.keys(content ?? {}), `${name} ${status}`).toEqual([type, ...csv])
        expect(content?.[type]?.schema, `${name} ${status}`).toBeDefined()
      }
    }
  })

  it('a body is described where one is taken, with its required fields', () => {
    const bodyOf = (call: string) => {
      const body = operations.find(([name]) => name === call)?.[1].requestBody
      const schema = body?.content['application/json']?.schema
      const named = document.components.schemas[String(schema?.$ref).split('/').at(-1) ?? '']
      return { required: body?.required, fields: (named ?? schema)?.required }
    }
    expect(bodyOf('post /api-keys')).toEqual({ required: true, fields: ['name', 'type'] })
    expect(bodyOf('post /verify')).toEqual({ required: true, fields: ['key'] })
    expect(bodyOf('post /api-keys/{id}/revoke')).toEqual({ required: false, fields: undefined })
    expect(bodyOf('get /api-keys')).toEqual({ required: undefined, fields: undefined })
  })
})

describe('/docs', () => {
  it('is a page whose parts all come from here, under a policy that lets in nothing else', async () => {
    const page = await fetch(`${service.url}/docs`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    const policy = page.headers.get('content-security-policy') ?? ''
    // Swagger UI styles its elements inline. Everything else comes from files of this service.
    expect(policy.split('; ').toSorted()).toEqual([
      "base-uri 'none'",
      "default-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "style-src 'self' 'unsafe-inline'",
    ])
    const html = await page.text()
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=/i)
    const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')
    expect(parts.length).toBeGreaterThan(2)
    for (const part of parts) {
      expect(part).toMatch(/^\/docs\//)
      const answer = await fetch(`${service.url}${part}`)
      expect(answer.status, part).toBe(200)
      expect(answer.headers.get('content-security-policy'), part).toBe(policy)
      expect(answer.headers.get('x-content-type-options'), part).toBe('nosniff')
      expect((await answer.arrayBuffer()).byteLength, part).toBeGreaterThan(20)
    }
  })

  it.each([
    'index.html',
    'swagger-initializer.js',
    'package.json',
    'oauth2-redirect.html',
    '%2e./package.json',
  ])('has no other file of the package: %s', async (file) => {
    expect((await fetch(`${service.url}/docs/${file}`)).status).toBe(404)
  })
})
