import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Middleware } from 'koa'
import serve from 'koa-static'
import { Problem } from './problems.ts'
import { requireGet } from './requireGet.ts'

const page = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Pictify Keys: API reference</title>
  <link rel="stylesheet" href="/docs/swagger-ui.css">
  <link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
  <div id="reference"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>
`

const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', deepLinking: true, tryItOutEnabled: true })\n`

const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The files that the page uses. The package has others, among them a page that loads an API from another host. */
const FILES = ['/swagger-ui.css', '/swagger-ui-bundle.js', '/favicon-32x32.png']

/** The API reference at /docs: Swagger UI, from its package, over /openapi.json. */
export function docsPage(): Middleware {
  const assets = serve(dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist'))), {
    index: false,
    setHeaders: (response) => {
      response.setHeader('Cache-Control', 'public, max-age=3600')
    },
  })
  return async (ctx, next) => {
    requireGet(ctx)
    ctx.set('Content-Security-Policy', POLICY)
    if (ctx.path === '/docs' || ctx.path === '/docs/') {
      ctx.type = 'html'
      ctx.body = page
    } else if (ctx.path === '/docs/start.js') {
      ctx.type = 'js'
      ctx.body = start
    } else {
      ctx.path = ctx.path.slice('/docs'.length)
      if (!FILES.includes(ctx.path)) throw new Problem('not-found', { detail: 'There is nothing here.' })
      await assets(ctx as never, next)
    }
  }
}
