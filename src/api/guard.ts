import type { IncomingMessage } from 'node:http'
import type { Context, Middleware } from 'koa'
import { z } from 'zod'
import { requireActive } from '../domain/accounts/accountStatus.ts'
import type { ServiceTokenPermission } from '../domain/accounts/ServiceToken.ts'
import type { OperatorPermission } from '../domain/operators/OperatorToken.ts'
import type { ApiPool } from '../platform/pools.ts'
import { within } from '../platform/within.ts'
import type { KnownToken } from '../verifier/KnownTokens.ts'
import { BULK, type CallKind } from './CallLimits.ts'
import { costOf, isBulk, kindsOf, poolOf } from './callCosts.ts'
import type {
  ApiContext,
  OperatorPrincipal,
  PersonPrincipal,
  Principal,
  SessionPrincipal,
} from './context.ts'
import { isOfNoAccount, requireOperator } from './operatorPrincipal.ts'
import { requirePrincipal } from './principal.ts'
import type { Slug } from './problems.ts'
import { MAX_ANONYMOUS_BYTES, MAX_BYTES, mediaTypeOf, readFile, readJson } from './readJson.ts'
import { requirePerson, requireSession } from './sessions.ts'
import { sendStream } from './streams.ts'
import type { TAGS } from './tags.ts'
import { toProblem } from './toProblem.ts'
import { validate } from './validate.ts'

/**
 * `service`: a service token with that permission. `session`: whoever is signed in, and no key. `person`: a member who
 * is signed in, and no guest. `operator`: an operator token with that permission. `orOperator`: an operator token that
 * acts for no account, too.
 */
type Auth =
  | { permission: string; orOperator?: true }
  | { operator: OperatorPermission }
  | { service: ServiceTokenPermission }
  | 'session'
  | 'person'
  | 'none'

type Tag = keyof typeof TAGS

/** What a route declares; the guard checks all of it, and /openapi.json is made of it. */
export type RouteSpec = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'all'
  path: string
  /** Its `operationId`, unique. */
  operation: string
  /** A title: `List keys`. */
  summary: string
  /** What a caller must know besides: whole sentences. */
  description?: string
  tag: Tag
  auth: Auth
  params?: z.ZodObject
  query?: z.ZodObject
  /** Which budget of calls it takes from, by default `calls`. */
  calls?: CallKind
  /** Which connections to Postgres it uses: by default `reads` for a GET, else `changes`. */
  pool?: ApiPool
  body?: z.ZodType
  /** Whether members may still do it while their account is suspended. Reading always may be done. */
  whileSuspended?: true
  /** Runs before the body is read: refuses who has no attempts left. */
  before?: (api: ApiContext, ctx: Context) => Promise<void>
  /** The body may be left out; it counts as `{}`. */
  bodyOptional?: boolean
  /** What the body may also be, by media type; `body` is application/json. */
  furtherBodies?: Record<string, z.ZodType>
  /** How else a request may say its body, such as in part by headers; asked before the media types. */
  bodyForm?: (request: IncomingMessage) => BodyForm | undefined
  /** Instead of `body`: by media type, what a body that is handed on as text contains. */
  file?: Record<string, z.ZodType>
  /** Bytes that such a file may have; 1 MiB where it is not said. */
  fileBytes?: number
  /** By status; `null`: no body. */
  responses: Record<number, z.ZodType | Streams | null>
  problems: Slug[]
  /** For how long an Idempotency-Key is remembered, where not for 24 hours. */
  idempotentFor?: string
}

/**
 * A form of a body: the media types of its content, and how that becomes what the schema describes. `read` may throw
 * Problem.
 */
export type BodyForm = { types: string[]; schema: z.ZodType; read: (json: unknown) => unknown }

/** An answer that is sent as it is read: by media type, the schema of the whole. What goes through is not checked. */
export type Streams = { streams: Record<string, z.ZodType> }

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** Who makes a request, where somebody has to be known. */
type Asking = Principal | OperatorPrincipal | KnownToken | undefined

type Further<Bodies> = Bodies extends Record<string, z.ZodType> ? z.output<Bodies[keyof Bodies]> : never

type PrincipalOf<Of extends Auth> = Of extends { service: ServiceTokenPermission }
  ? KnownToken
  : Of extends 'session'
    ? SessionPrincipal
    : Of extends 'person'
      ? PersonPrincipal
      : Of extends { operator: OperatorPermission }
        ? OperatorPrincipal
        : Of extends { orOperator: true }
          ? Principal | OperatorPrincipal
          : Principal

export type RouteInput<Spec extends RouteSpec> = {
  api: ApiContext
  ctx: Context
  params: Parsed<Spec['params']>
  query: Parsed<Spec['query']>
  body: Parsed<Spec['body']> | Further<Spec['furtherBodies']>
  file: Spec['file'] extends object ? { type: string; text: string } : undefined
  /** Who makes the request: the service token, whoever is signed in, or the permission's holder. */
  principal: PrincipalOf<Spec['auth']>
}

export type Answer = {
  status: number
  body?: unknown
  /** Instead of a body, where the status is declared with streams. */
  stream?: { type: string; text: AsyncIterable<string> }
  headers?: Record<string, string>
}

export type Route = { spec: RouteSpec; middleware: (api: ApiContext) => Middleware }

/**
 * A route: its declaration, and what it does with input that keeps to it. Order of the checks: who asks (401, 403),
 * what is to come `before` (429), then path, query and body (400, 413, 415), then the handler; its answer is checked
 * against `responses`.
 */
export function route<const Spec extends RouteSpec>(
  spec: Spec,
  handle: (input: RouteInput<Spec>) => Promise<Answer>,
): Route {
  const pool = poolOf(spec)
  const middleware = (all: ApiContext): Middleware => {
    const api = { ...all, em: () => all.emOf(pool) }
    return async (ctx) => {
      ctx.state.route = `${spec.method.toUpperCase()} ${spec.path}`
      // A stream has long time-outs; who asks for it is a read like any other.
      const principal = await authorise(pool === 'streams' ? all : api, ctx, spec)
      await spec.before?.(api, ctx)
      const input = {
        api,
        ctx,
        principal,
        params: spec.params && validate(spec.params, ctx.params),
        query: spec.query && validate(spec.query, plainQuery(ctx)),
        body: spec.body && (await readBody(spec, spec.body, ctx.req)),
        file: spec.file && (await readFile(ctx.req, Object.keys(spec.file), spec.fileBytes)),
      }
      const answer = await inTurn(api, ctx, spec, principal, () => handle(input as RouteInput<Spec>))
      ctx.set(answer.headers ?? {})
      const { stream } = answer
      if (stream)
        sendStream(ctx, stream.type, counted(api, principal, declaredStream(spec, answer.status, stream)))
      else ctx.body = declaredBody(api, spec, answer) ?? null
      ctx.status = answer.status
    }
  }
  return { spec, middleware }
}

async function readBody(spec: RouteSpec, body: z.ZodType, request: IncomingMessage): Promise<unknown> {
  const further = spec.furtherBodies ?? {}
  const form = spec.bodyForm?.(request)
  const types = form?.types ?? ['application/json', ...Object.keys(further)]
  // Nobody has been asked who they are, or what they say is a few short texts.
  const maxBytes = typeof spec.auth === 'object' ? MAX_BYTES : MAX_ANONYMOUS_BYTES
  const json = await readJson(request, spec.bodyOptional ? {} : undefined, types, maxBytes)
  if (form) return validate(form.schema, form.read(json))
  return validate(further[mediaTypeOf(request) ?? ''] ?? body, json)
}

async function authorise(api: ApiContext, ctx: Context, spec: RouteSpec): Promise<Asking> {
  const { auth } = spec
  if (auth === 'none') return undefined
  if (typeof auth === 'object' && 'service' in auth) return api.serviceTokens.require(ctx.req, auth.service)
  // The company's own machines take from no budget: a sign-up must not wait for another.
  if (typeof auth === 'object' && 'operator' in auth) return requireOperator(api, ctx, auth.operator)
  if (typeof auth === 'object' && auth.orOperator && isOfNoAccount(api, ctx)) return requireOperator(api, ctx)
  const principal =
    typeof auth === 'object'
      ? await requirePrincipal(api, ctx, auth.permission)
      : await (auth === 'person' ? requirePerson(api, ctx) : requireSession(api, ctx))
  await api.callLimits.take(principal, kindsOf(spec), costOf(spec))
  if (isBulk(spec)) await api.callLimits.take(principal, ['bulk'], 0)
  // Of a key its verification has said so. The company may change what is suspended.
  const isSignedIn = principal.member !== undefined || principal.guest !== undefined
  if (isSignedIn && changesAccount(spec)) await requireActive(api.em(), principal.accountId)
  return principal
}

/**
 * Runs a handler when its account has a place for it. A stream keeps its place until the answer is over, however it
 * ends. What ends something waits for nothing else of its account: it has a budget of its own.
 */
async function inTurn(
  api: ApiContext,
  ctx: Context,
  spec: RouteSpec,
  principal: Asking,
  handle: () => Promise<Answer>,
): Promise<Answer> {
  if (!isOfAccount(principal) || spec.calls === 'endings') return handle()
  const pool = poolOf(spec)
  if (pool !== 'reads' && pool !== 'changes' && pool !== 'streams') return handle()
  const turns = api.turns[pool]
  const end = await turns.begin(principal.accountId)
  if (pool !== 'streams') {
    ctx.state.endTurn = end
    try {
      return await handle()
    } catch (error) {
      // Postgres is away, or hangs: those in line would add their waits to this one.
      if (toProblem(error).status === 503) turns.refuseWaiting(principal.accountId, error)
      throw error
    } finally {
      end()
    }
  }
  if (ctx.res.closed) end()
  else ctx.res.once('close', end)
  // What follows the first page may take longer than that.
  return within(api.env.DATABASE_TIMEOUT_MS, handle())
}

function isOfAccount(principal: Asking): principal is Principal {
  return principal !== undefined && 'accountId' in principal && principal.accountId !== null
}

/** Whether a suspended account refuses it. */
export const changesAccount = ({ method, whileSuspended }: RouteSpec): boolean =>
  method !== 'get' && !whileSuspended

/** The same text. Who reads it owes what they have read, however it ends. */
async function* counted(
  api: ApiContext,
  principal: Asking,
  text: AsyncIterable<string>,
): AsyncGenerator<string> {
  let characters = 0
  try {
    for await (const part of text) {
      characters += part.length
      yield part
    }
  } finally {
    if (isOfAccount(principal)) await api.callLimits.owe(principal, 'bulk', characters / BULK.characters)
  }
}

/** Each parameter once; a repeated one becomes a list, which schemas refuse by name. */
function plainQuery(ctx: Context): Record<string, unknown> {
  return { ...ctx.query }
}

/**
 * The body as it was declared: its fields in that order, and no others. An answer that breaks its declaration is our
 * fault: refused where tests find it, reported where it serves.
 */
function declaredBody(api: ApiContext, spec: RouteSpec, answer: Answer): unknown {
  const declared = spec.responses[answer.status]
  if (declared === null && answer.body === undefined) return undefined
  const schema = declared && 'streams' in declared ? undefined : declared
  const parsed = schema?.safeParse(answer.body)
  if (parsed?.success) return parsed.data
  const reason = parsed?.error ? z.prettifyError(parsed.error) : `status ${answer.status} is not declared so`
  api.log.error({ route: spec.path, reason }, 'an answer does not keep to its declaration')
  if (api.env.NODE_ENV !== 'production') throw new Error(`${spec.path}: ${reason}`)
  return answer.body
}

function declaredStream(spec: RouteSpec, status: number, { type, text }: NonNullable<Answer['stream']>) {
  const declared = spec.responses[status]
  if (declared && 'streams' in declared && type in declared.streams) return text
  throw new Error(`${spec.path}: status ${status} is not declared to stream ${type}`)
}
