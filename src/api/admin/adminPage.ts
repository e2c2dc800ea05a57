import { readFileSync } from 'node:fs'
import type { Middleware } from 'koa'
import type { ApiContext } from '../context.ts'
import { Problem } from '../problems.ts'
import { type Html, html } from './html.ts'
import {
  accountsSection,
  notificationsSection,
  queuesSection,
  regionsSection,
  usageSection,
} from './sections.ts'
import { style } from './style.ts'

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/**
 * The operators' page at /admin: all of the service at one instant, without JavaScript. To be guarded by
 * operatorsOnly.
 */
export function adminPage(api: ApiContext): Middleware {
  return async (ctx) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD')
      throw new Problem('method-not-allowed', { detail: 'Use GET.' }, { Allow: 'GET' })
    if (ctx.path === '/admin/style.css') {
      ctx.set('Cache-Control', 'no-cache')
      ctx.type = 'css'
      ctx.body = style
      return
    }
    if (ctx.path !== '/admin' && ctx.path !== '/admin/') return
    const q = String(ctx.query.q ?? '')
      .replaceAll('\0', '')
      .slice(0, 100)
      .trim()
    ctx.set({
      'Content-Security-Policy': POLICY,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
    })
    ctx.type = 'html'
    ctx.body = (await pageOf(api, q)).text
  }
}

async function pageOf(api: ApiContext, q: string): Promise<Html> {
  const [queues, regions, notifications, usage, accounts, postgres] = await Promise.all([
    orAway(api, queuesSection(api)),
    orAway(api, regionsSection(api)),
    orAway(api, notificationsSection(api)),
    orAway(api, usageSection(api)),
    orAway(api, accountsSection(api, q)),
    orAway(api, postgresVersion(api)),
  ])
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Operators · Pictify Keys</title>
<link rel="icon" href="/dashboard/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/admin/style.css">
</head>
<body>
<header>
<h1>Pictify Keys for operators</h1>
<p class="quiet">As of ${api.now().toISOString()}. Pictify Keys ${version}, Node ${process.version}, Postgres ${postgres}.</p>
<nav aria-label="Operators"><ul>
<li><a href="/admin">Read again</a></li>
<li><a href="/admin/queues">Queues in Bull Board</a></li>
<li><a href="/metrics">Metrics</a></li>
<li><a href="/docs">API reference</a></li>
</ul></nav>
</header>
<main>
<h2>Queues</h2>
${queues}
<h2>Regions</h2>
${regions}
<h2>Notifications that are not delivered</h2>
${notifications}
<h2>Usage</h2>
${usage}
<h2>Accounts</h2>
${accounts}
</main>
</body>
</html>
`
}

/** A part that cannot be read does not hide the others: this page is looked at when something is away. */
async function orAway(api: ApiContext, section: Promise<Html>): Promise<Html> {
  try {
    return await section
  } catch (error) {
    api.log.warn({ err: error }, 'a part of the operators’ page could not be read')
    return html`<strong class="bad">cannot be read now</strong>`
  }
}

async function postgresVersion(api: ApiContext): Promise<Html> {
  const [row] = await api.em().execute<{ server_version: string }[]>('show server_version')
  return html`${row?.server_version ?? '–'}`
}
