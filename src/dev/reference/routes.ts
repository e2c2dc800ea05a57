import type { RouteSpec } from '../../api/guard.ts'
import { hotRoutes } from '../../api/hot.ts'
import { routes } from '../../api/routes/all.ts'
import { TAGS } from '../../api/tags.ts'
import { code, table } from './table.ts'

/** What is served beside the API: path, who may, what it returns. */
const PAGES = [
  ['/', 'a browser; it asks to sign in', 'The dashboard.'],
  ['/docs', 'everybody', 'The API reference, as Swagger UI.'],
  ['/openapi.json', 'everybody', 'The OpenAPI document.'],
  ['/livez', 'everybody', '200 while the process runs. Workers serve it on `WORKER_PORT`, too.'],
  ['/readyz', 'everybody', '200 if Postgres and Redis answer, else 503 with what does not. Workers, too.'],
  ['/metrics', 'operator (`OPEN_METRICS=true`: everybody)', 'Metrics for Prometheus. Workers, too.'],
  ['/admin', 'operator', 'The page of operators.'],
  ['/admin/queues', 'operator', 'Bull Board, with all queues and jobs.'],
]

export function routeTables(): string {
  const specs = [...hotRoutes, ...routes].map(({ spec }) => spec)
  const ofTag = (tag: string) => specs.filter((spec) => spec.tag === tag).map(row)
  const parts = Object.entries(TAGS).map(
    ([tag, about]) =>
      `### ${tag}\n\n${about}\n\n${table(['route', 'what', 'who may', 'returns'], ofTag(tag))}`,
  )
  const pages = PAGES.map(([path = '', ...cells]) => [code(path), ...cells])
  return [...parts, `### Pages and probes\n\n${table(['path', 'who may', 'what'], pages)}`].join('\n\n')
}

function row({ method, path, summary, description, auth, responses, problems }: RouteSpec): string[] {
  const methods = method === 'all' ? ['GET', 'POST'] : [method.toUpperCase()]
  const names = methods.map((name) => code(`${name} ${path.replace(/:(\w+)/g, '{$1}')}`))
  const answers = [...Object.keys(responses), ...problems.map(code)]
  return [
    names.join(', '),
    [`${summary}.`, description].filter(Boolean).join(' '),
    who(auth),
    answers.join(', '),
  ]
}

function who(auth: RouteSpec['auth']): string {
  if (auth === 'session') return 'whoever is signed in'
  if (auth === 'person') return 'a member who is signed in'
  if (auth === 'none') return 'everybody'
  if ('service' in auth) return `service token: ${code(auth.service)}`
  return 'operator' in auth ? `operator token: ${code(auth.operator)}` : code(auth.permission)
}
