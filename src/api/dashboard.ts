import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Middleware } from 'koa'
import serve from 'koa-static'
import { escapeHtml } from '../domain/escapeHtml.ts'
import { DAY_MS } from '../domain/time.ts'
import type { Env } from '../platform/env.ts'
import { Problem } from './problems.ts'
import { requireGet } from './requireGet.ts'

const folder = fileURLToPath(new URL('../dashboard/dist', import.meta.url))
const YEAR_MS = 365 * DAY_MS

/** Nothing from elsewhere, nothing inline but the styles that carry this answer's nonce; in no frame. */
const policyOf = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/**
 * The dashboard as Vite has built it, at /dashboard. Files are named after their content and kept by browsers for a
 * year; the page itself, which every address of the dashboard answers with, is never kept: it carries a nonce.
 */
export function dashboard(
  env: Pick<Env, 'EXAMPLE_CURL' | 'EXAMPLE_CURL_READ' | 'COMPANY_NAME' | 'COMPANY_COLOR'>,
): Middleware {
  const settings = {
    EXAMPLE_CURL: escapeHtml(env.EXAMPLE_CURL),
    EXAMPLE_CURL_READ: escapeHtml(env.EXAMPLE_CURL_READ),
    COMPANY_NAME: escapeHtml(env.COMPANY_NAME),
    COMPANY_COLOR: env.COMPANY_COLOR,
    TITLE: escapeHtml(env.COMPANY_NAME || 'Pictify Keys'),
  }
  const files = serve(folder, {
    index: false,
    setHeaders: (response, path) => {
      // What is sent beside the file itself is chosen by this.
      response.setHeader('Vary', 'Accept-Encoding')
      const isNamedByContent = path.startsWith(join(folder, 'assets'))
      response.setHeader(
        'Cache-Control',
        isNamedByContent ? `public, max-age=${YEAR_MS / 1000}, immutable` : 'no-cache',
      )
    },
  })
  return async (ctx) => {
    requireGet(ctx)
    if (/\.\w+$/.test(ctx.path)) {
      ctx.path = ctx.path.slice('/dashboard'.length)
      await files(ctx as never, async () => {})
      return
    }
    // Read with each request: a later build replaces this file, and its names change.
    const html = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined)
    if (html === undefined)
      throw new Problem('not-found', { detail: 'The dashboard has not been built: see the README.' })
    const nonce = randomBytes(16).toString('base64url')
    ctx.set({
      'Content-Security-Policy': policyOf(nonce),
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
    })
    ctx.type = 'html'
    ctx.body = filled(html, { STYLE_NONCE: nonce, ...settings })
  }
}

/**
 * The page with its `%NAME%` marks replaced. A function replaces them: in a text, `$'` and the like would be a
 * pattern.
 */
function filled(html: string, values: Record<string, string>): string {
  return html.replace(/%([A-Z_]+)%/g, (mark, name) => values[name] ?? mark)
}
