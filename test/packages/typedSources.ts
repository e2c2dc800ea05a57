const verifier = `
import { createVerifier } from '@pictify/keys-verifier'
const verifier = createVerifier({ redisUrl: 'redis://127.0.0.1:6379', serviceToken: 'pk_service_…' })
`

/** What a project writes with the packages alone. */
export const typedSources = {
  'http.ts': `${verifier}
import { createServer } from 'node:http'
import { httpKeys } from '@pictify/keys-verifier/http'
const keys = httpKeys(verifier, { units: (request) => Number(request.headers['x-units']) })
createServer(async (request, response) => {
  const key = await keys(request, response)
  if (key) response.end(key.name.toUpperCase())
})
`,
  'fetch.ts': `${verifier}
import type { AdmittedKey } from '@pictify/keys-verifier'
import { fetchKeys } from '@pictify/keys-verifier/fetch'
type Info = { remoteAddr: { hostname: string } }
const named = (key: AdmittedKey): string => key.name
const keys = fetchKeys(verifier, { clientIp: (_request, info: Info) => info.remoteAddr.hostname })
export const serve: (request: Request, info: Info) => Promise<Response> = keys((_request, key) => new Response(named(key)))
export const GET = fetchKeys(verifier)((_request, key, _context: { params: Promise<{ id: string }> }) =>
  Response.json({ requests: key.requestsToday }),
)
`,
  'verifier.ts': `${verifier}
import { RegionUnavailable } from '@pictify/keys-verifier'
try {
  const verification = await verifier.verify({ value: 'pk_live_…', permission: 'renders:write', ip: '203.0.113.7' })
  const code: 'VALID' | string = verification.code
  verifier.report(verification, { status: 200, latencyMs: 12 })
  console.log(code, verification.key?.keyId.length, verifier.droppedReports.toFixed())
} catch (error) {
  if (error instanceof RegionUnavailable) console.log(error.message)
}
// @ts-expect-error the token is required
createVerifier({ redisUrl: 'redis://127.0.0.1:6379' })
`,
  'client.ts': `
import { createClient, KeysProblem, type Output } from '@pictify/keys-client'
const keys = createClient({ url: 'https://keys.example.com', token: 'pk_operator_…', accountId: 'acct_…' })
const created: Output<'createApiKey'> = await keys.createApiKey({ name: 'Mine', type: 'test' }, { idempotencyKey: 'mine-1' })
const value: string = created.key ?? ''
await keys.updateApiKey({ id: created.id, name: value.slice(-4) }, { ifMatch: '"1"' })
const gone: undefined = await keys.deleteApiKey({ id: created.id })
const { account } = await keys.createAccount({ name: 'Acme' })
await keys.resumeAccount({ id: account.id })
const { accounts, nextCursor } = await keys.listAccounts({ limit: 10 })
for await (const key of keys.iterate('listApiKeys', { type: 'live' })) console.log(key.hint.length, gone, accounts[0]?.plan)
for await (const event of keys.iterate('listEvents')) console.log(event.type, nextCursor)
const tag = (await keys.raw('getApiKey', { id: created.id })).headers.get('ETag')
await keys.listMembers().catch((error: unknown) => {
  if (error instanceof KeysProblem) console.log(error.errors.map(({ field }) => field), tag)
})
// @ts-expect-error there is no such type of key
await keys.createApiKey({ name: 'Mine', type: 'best' })
// @ts-expect-error the name is required
await keys.createApiKey({ type: 'live' })
// @ts-expect-error this is no list
keys.iterate('getAccount')
`,
  'common.cts': `
import { createClient } from '@pictify/keys-client'
import { koaKeys } from '@pictify/keys-verifier/koa'
export const made = [createClient({ url: 'https://keys.example.com', token: 'pk_live_…' }).getAccount, koaKeys]
`,
}

/** What it writes with a framework. */
export const frameworkSources = {
  'koa.ts': `${verifier}
import Koa from 'koa'
import { koaKeys } from '@pictify/keys-verifier/koa'
const app = new Koa()
app.use(koaKeys<Koa.Context>(verifier, { permission: 'renders:write', clientIp: (ctx) => ctx.ip }))
app.use((ctx) => {
  ctx.body = ctx.state.apiKey.name
})
`,
  'express.ts': `${verifier}
import express, { type Request } from 'express'
import { expressKeys } from '@pictify/keys-verifier/express'
const app = express()
app.use(expressKeys<Request>(verifier, { clientIp: (request) => request.ip }))
app.get('/', (request, response) => {
  const name: string | undefined = request.apiKey?.name
  response.send(name)
})
`,
  'fastify.ts': `${verifier}
import Fastify from 'fastify'
import { fastifyKeys } from '@pictify/keys-verifier/fastify'
const app = Fastify()
app.addHook('onRequest', fastifyKeys(verifier, { clientIp: (request) => request.ip }))
app.get('/', async (request) => {
  const name: string | undefined = request.apiKey?.name
  return name
})
`,
  'hono.ts': `${verifier}
import { Hono } from 'hono'
import { honoKeys } from '@pictify/keys-verifier/hono'
const app = new Hono()
app.get('/', honoKeys(verifier, { clientIp: (c) => c.req.header('X-Real-IP') }), (c) => c.text(c.get('apiKey').name))
`,
}
