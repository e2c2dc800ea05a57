/** Writes api/schema.d.ts, the types of the client, from the OpenAPI document of the api at API_URL. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import openapiTypescript, { astToString } from 'openapi-typescript'

const target = process.argv[2] ?? join(import.meta.dirname, 'api/schema.d.ts')
const document = await (await fetch(`${process.env.API_URL}/openapi.json`)).json()
// The company's own systems call these, and never the dashboard.
for (const [path, operations] of Object.entries<Record<string, { tags?: string[] }>>(document.paths))
  if (Object.values(operations).every(({ tags }) => tags?.includes('Operators'))) delete document.paths[path]
const generated = astToString(await openapiTypescript(document, { defaultNonNullable: false }))
// What a path, an operation or a response does not have; the client's types read nothing from these lines.
const types = generated
  .replace(
    /^ +(get|put|post|delete|options|head|patch|trace|query|header|path|cookie|requestBody)\?: never;\n/gm,
    '',
  )
  .replace(/^ +parameters: {\n +};\n/gm, '')
  .replace(/^ +headers: {\n +\[name: string\]: unknown;\n +};\n/gm, '')
await writeFile(
  target,
  `// Generated from /openapi.json by generateClient.ts: see CONTRIBUTING.md, "Add a route".\n${types}`,
)
