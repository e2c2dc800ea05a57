import { Router } from '@koa/router'
import Koa, { type Middleware } from 'koa'
import { newRequestId } from '../domain/metering/requestId.ts'
import { observe } from '../platform/observe.ts'
import type { Orm } from '../platform/postgres.ts'
import { tracing } from '../platform/tracing.ts'
import { readiness } from '../region/readiness.ts'
import { ANSWER_HEADERS } from '../verifier/http/answerHeaders.ts'
import { adminPage } from './admin/adminPage.ts'
import { bullBoard } from './admin/bullBoard.ts'
import type { ApiContext } from './context.ts'
import { dashboard } from './dashboard.ts'
import { docsPage } from './docsPage.ts'
import { hotRoutes } from './hot.ts'
import { createIntroduce } from './introduce.ts'
import { openApiOf } from './openapi.ts'
import { operatorsOnly } from './operators.ts'
import { Problem } from './problems.ts'
import { routes } from './routes/all.ts'
import { SESSION_COOKIE } from './sessions.ts'
import { logBrokenAnswers } from './streams.ts'
import { toProblem } from './toProblem.ts'

/** The api on one screen: what every request passes through, then where it can go. */
export function createApp(api: ApiContext, orm: Orm): Koa {
  const app = new Koa()
  // As the hot path has it, and RFC 3986: `/Api-Keys` is another path.
  const router = new Router({ sensitive: true })
  for (const { spec, middleware } of routes) {
    if (spec.method !== 'all') router[spec.method](spec.path, middleware(api))
  }
  const operators = operatorsOnly(api)
  // Made when it is first asked for: it takes a tenth of the time in which an api starts.
  let document: ReturnType<typeof openApiOf> | undefined
  router.get('/openapi.json', (ctx) => {
    document ??= openApiOf(
      [...hotRoutes, ...routes].map(({ spec }) => spec),
      { publicUrl: api.env.PUBLIC_URL, sessionCookie: api.cookies.nameOf(SESSION_COOKIE) },
    )
    ctx.body = document
  })
  router.redirect('/', '/dashboard', 302)
  const introduce = createIntroduce(api)
  router.get('/livez', (ctx) => {
    ctx.body = { status: 'ok', ...introduce(ctx.req) }
  })
  router.get('/readyz', async (ctx) => {
    const state = await readiness(orm, api.shards)
    ctx.status = state.ready ? 200 : 503
    ctx.body = state
  })
  router.get('/metrics', ...(api.env.OPEN_METRICS ? [] : [operators]), async (ctx) => {
    ctx.type = api.metrics.registry.contentType
    ctx.body = await api.metrics.registry.metrics()
  })

  app.on('error', logBrokenAnswers(api.log))
  app.use(measure(api))
  app.use(answerProblems(api))
  app.use(under('/admin/queues', operators, bullBoard(api)))
  app.use(under('/admin', operators, adminPage(api)))
  app.use(under('/docs', docsPage()))
  app.use(under('/dashboard', dashboard(api.env)))
  app.use(router.routes())
  app.use(refuseMethod(router))
  return app
}

/** Gives the request its ID, and measures and logs its answer: never its query, its headers or its body. */
function measure(api: ApiContext): Middleware {
  return async (ctx, next) => {
    const started = performance.now()
    ctx.state.requestId = newRequestId(Date.now(), true)
    ctx.set('X-Request-Id', ctx.state.requestId)
    ctx.set(ANSWER_HEADERS)
    await next()
    const seconds = (performance.now() - started) / 1000
    const route = ctx.state.route ?? 'other'
    const path = route.slice(route.indexOf(' ') + 1)
    tracing.note({ 'http.route': path, 'pictify.request.id': ctx.state.requestId }, `${ctx.method} ${path}`)
    observe(api.metrics.httpSeconds, { route, status: ctx.status }, seconds)
    api.log.info({
      requestId: ctx.state.requestId,
      method: ctx.method,
      route,
      status: ctx.status,
      ms: Math.round(seconds * 10_000) / 10,
      ip: api.clientIp(ctx.req),
    })
  }
}

/** Every failure leaves as a problem. */
function answerProblems(api: ApiContext): Middleware {
  return async (ctx, next) => {
    const { path } = ctx
    try {
      await next()
      if (ctx.status === 404 && ctx.body === undefined)
        throw new Problem('not-found', { detail: 'There is nothing here.' })
    } catch (error) {
      const problem = toProblem(error)
      if (problem.status >= 500) {
        const log = problem.slug === 'service-unavailable' ? api.log.seldom : api.log
        log.error({ requestId: ctx.state.requestId, route: ctx.state.route, err: error }, 'a request failed')
      }
      ctx.status = problem.status
      // Whatever the route had in mind for its own answer.
      ctx.set({ ...ANSWER_HEADERS, ...problem.headers })
      ctx.type = 'application/problem+json'
      ctx.body = JSON.stringify(problem.body(api.env.PROBLEM_BASE_URL, path, ctx.state.requestId))
    }
  }
}

/** Runs its middleware for one path and all below it. */
function under(path: string, ...inner: Middleware[]): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== path && !ctx.path.startsWith(`${path}/`)) return next()
    ctx.state.route = path
    const run = (index: number): Promise<void> => Promise.resolve(inner[index]?.(ctx, () => run(index + 1)))
    await run(0)
  }
}

/** A known path with another method: 405, naming the ones there are. */
function refuseMethod(router: Router): Middleware {
  return (ctx) => {
    const matched = [
      ...router.match(ctx.path, ctx.method).path,
      ...hotRoutes
        .filter(({ spec }) => spec.path === ctx.path)
        .map(({ spec }) => ({ methods: [spec.method.toUpperCase()] })),
    ]
    const methods = [...new Set(matched.flatMap((layer) => layer.methods))].filter(
      (method) => method !== 'HEAD',
    )
    if (methods.length === 0) return
    throw new Problem(
      'method-not-allowed',
      { detail: `Use ${methods.join(' or ')}.` },
      { Allow: methods.join(', ') },
    )
  }
}
