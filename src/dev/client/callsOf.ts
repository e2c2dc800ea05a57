/** What is read here of an OpenAPI document. */
type Schema = { $ref?: string; type?: string; properties?: Record<string, Schema> }
type Content = Record<string, { schema: Schema }>
type Response = { $ref?: string; content?: Content }
type Operation = {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  parameters: { name: string; in: string }[]
  requestBody?: { content: Content }
  responses: Record<string, Response>
  security: Record<string, unknown>[]
}
export type OpenApi = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

/** What the client of programs sends: a session is a browser's, and a proxy asks with the key of its caller. */
const TOKENS = ['apiKey', 'operatorToken', 'serviceToken']
const isCalled = (path: string, { security }: Operation) =>
  path !== '/forward-auth' && security.some((scheme) => TOKENS.some((token) => token in scheme))

/** The document with what programs call, and with the successes of it. */
export function calledParts(document: OpenApi): OpenApi {
  const paths: OpenApi['paths'] = {}
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations)) {
      if (!isCalled(path, operation)) continue
      const responses = Object.fromEntries(
        Object.entries(operation.responses).filter(([status]) => status.startsWith('2')),
      )
      paths[path] = { ...paths[path], [method]: { ...operation, responses } }
    }
  return { ...document, paths }
}

const HEAD = `// Generated from /openapi.json by src/dashboard/generateClient.ts: see CONTRIBUTING.md, "Add a route".
import type { Call } from './Call.ts'
import type { Method } from './callTypes.ts'
`

/** packages/client/calls.ts of a document that `calledParts` has made: how each operation is called, and its type. */
export function callsOf(document: OpenApi): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const rows = operations.map(
    ({ path, method, operation }) =>
      `  ${operation.operationId}: ${rowOf(path, method, operation, document)},\n`,
  )
  // What is not JSON is read from `raw`.
  const methods = operations
    .filter(({ operation: { responses } }) => !Object.values(responses).some(isStream))
    .map(
      ({ operation }) =>
        `${commentOf(operation)}  ${operation.operationId}: Method<'${operation.operationId}'>\n`,
    )
  return (
    `${HEAD}\nexport const calls = {\n${rows.join('')}} as const satisfies Record<string, Call>\n\n` +
    `export interface Calls {\n${methods.join('')}}\n`
  )
}

const isStream = ({ content }: Response) => content !== undefined && !('application/json' in content)

function rowOf(path: string, method: string, operation: Operation, document: OpenApi): string {
  const { parameters, requestBody, responses } = operation
  const parts = [`method: '${method}'`, `path: '${path}'`]
  // A verification is wanted at once, and remembering each costs memory of the region.
  if (path === '/verify') parts.push('once: true')
  else if (parameters.some(({ name }) => name === 'Idempotency-Key')) parts.push('keyed: true')
  const successes = Object.keys(responses)
  if (successes.includes('202') && successes.length > 1) parts.push('awaited: true')
  const query = parameters.filter((one) => one.in === 'query').map(({ name }) => name)
  if (requestBody && !('application/json' in requestBody.content)) parts.push(`file: [${quoted(query)}]`)
  const list = listOf(query, responses['200'], document)
  if (list) parts.push(`list: [${quoted(list)}]`)
  return `{ ${parts.join(', ')} }`
}

const quoted = (names: string[]) => names.map((name) => `'${name}'`).join(', ')

function listOf(query: string[], response: Response | undefined, document: OpenApi): string[] | undefined {
  const resolved = (schema: Schema | undefined) =>
    schema?.$ref ? document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] : schema
  const fields = resolved(response?.content?.['application/json']?.schema)?.properties ?? {}
  const items = Object.keys(fields).find((name) => resolved(fields[name])?.type === 'array')
  const next = 'pagination' in fields ? 'page' : query.find((name) => name === 'cursor' || name === 'after')
  return items && next && ('pagination' in fields || 'nextCursor' in fields) ? [items, next] : undefined
}

function commentOf({ summary, description }: Operation): string {
  const text = [summary, ...(description ?? '').split('\n\n')].filter((part) => part !== '')
  const lines = text.flatMap((part, index) => (index === 0 ? [part] : ['', ...part.split('\n')]))
  return `  /**\n${lines.map((line) => `   * ${line}`.trimEnd()).join('\n')}\n   */\n`
}
