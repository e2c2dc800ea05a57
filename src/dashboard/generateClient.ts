/**
 * Writes what is made of the OpenAPI document of the api at API_URL: the types of the dashboard's client, and those and
 * the calls of packages/client. Into the folder that is given, or where they belong.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import openapiTypescript, { astToString } from 'openapi-typescript'
import { calledParts, callsOf, type OpenApi } from '../dev/client/callsOf.ts'

const HEAD = '// Generated from /openapi.json by generateClient.ts: see CONTRIBUTING.md, "Add a route".\n'

async function typesOf(document: OpenApi): Promise<string> {
  const generated = astToString(await openapiTypescript(document as never, { defaultNonNullable: false }))
  // What a path, an operation or a response does not have; the client's types read nothing from these lines.
  return generated
    .replace(
      /^ +(get|put|post|delete|options|head|patch|trace|query|header|path|cookie|requestBody)\?: never;\n/gm,
      '',
    )
    .replace(/^ +parameters: {\n +};\n/gm, '')
    .replace(/^ +headers: {\n +\[name: string\]: unknown;\n +};\n/gm, '')
}

const document: OpenApi = await (await fetch(`${process.env.API_URL}/openapi.json`)).json()
const ofPrograms = calledParts(document)

// The company's own systems call these, and never the dashboard.
for (const [path, operations] of Object.entries(document.paths))
  if (Object.values(operations).every(({ tags }) => tags?.includes('Operators'))) delete document.paths[path]

const [folder] = process.argv.slice(2)
const root = join(import.meta.dirname, '../..')
const target = (path: string, name: string) =>
  folder === undefined ? join(root, path, name) : join(folder, name)
await writeFile(target('src/dashboard/api', 'schema.d.ts'), `${HEAD}${await typesOf(document)}`)
// Calls are known by their operations alone, and a property cannot refer to its own type.
const types = (await typesOf(ofPrograms))
  .replace(/^export interface paths {\n.*?^}\n/ms, '')
  .replace('export interface components', 'interface components')
  .replace(/^export type (webhooks|\$defs) = .*\n/gm, '')
  .replace(/^ +JsonValue: .*?^ {8}};\n/ms, '')
  .replaceAll('components["schemas"]["JsonValue"]', 'JsonValue')
const json =
  'type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };\n'
await writeFile(target('packages/client', 'schema.ts'), `${HEAD}${json}${types}`)
await writeFile(target('packages/client', 'calls.ts'), callsOf(ofPrograms))
