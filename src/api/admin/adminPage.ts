import type { Context, Middleware } from 'koa'
import type { ApiContext } from '../context.ts'
import { type Html, html } from '../html.ts'
import { requireGet } from '../requireGet.ts'
import { toProblem } from '../toProblem.ts'
import { accountPage } from './account/accountPage.ts'
import { ACTIONS, type ActionName } from './account/actions.ts'
import { confirmationPage, runAction } from './account/confirmation.ts'
import { frame } from './frame.ts'
import { overview } from './overview.ts'
import { style } from './style.ts'

/** `same-origin`: without a referrer browsers send forms with `Origin: null`, which passes for another site. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'same-origin',
}

/** The operators' pages below /admin, without JavaScript. To be guarded by operatorsOnly. */
export function adminPage(api: ApiContext): Middleware {
  return async (ctx) => {
    if (ctx.path === '/admin/style.css') {
      requireGet(ctx)
      ctx.set('Cache-Control', 'no-cache')
      ctx.type = 'css'
      ctx.body = style
      return
    }
    const page = pageAt(api, ctx)
    if (!page) return
    ctx.set(HEADERS)
    const answer = await page().catch((error) => problemPage(api, ctx, error))
    if (typeof answer === 'string') {
      ctx.status = 303
      ctx.redirect(answer)
      return
    }
    ctx.type = 'html'
    ctx.body = answer.text
  }
}

/** What makes the page at this path, or the path to continue at; undefined where there is no page. */
function pageAt(api: ApiContext, ctx: Context): (() => Promise<Html | string>) | undefined {
  if (ctx.path === '/admin' || ctx.path === '/admin/') {
    requireGet(ctx)
    return () => overview(api, searchOf(ctx))
  }
  const [, id, name] = /^\/admin\/accounts\/(\w{1,64})(?:\/([a-z-]{1,32}))?$/.exec(ctx.path) ?? []
  if (id === undefined) return undefined
  if (name === undefined) {
    requireGet(ctx)
    return () => accountPage(api, id, String(ctx.query.command ?? ''))
  }
  if (!(name in ACTIONS)) return undefined
  const asked = { id, name: name as ActionName }
  if (ctx.method === 'POST') return () => runAction(api, ctx, asked)
  requireGet(ctx)
  return () => confirmationPage(api, asked)
}

const searchOf = (ctx: Context) =>
  String(ctx.query.q ?? '')
    .replaceAll('\0', '')
    .slice(0, 100)
    .trim()

/** What went wrong, for somebody who reads it in a browser. */
function problemPage(api: ApiContext, ctx: Context, error: unknown): Html {
  const { status, kind, facts } = toProblem(error)
  if (status >= 500) api.log.warn({ err: error }, 'an operators’ page could not be made')
  ctx.status = status
  return frame({
    title: kind.title,
    lead: html`Request ${ctx.state.requestId}`,
    main: html`<p>${facts.detail}</p>`,
  })
}
