import { glob, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { hotRoutes } from '../../src/api/hot.ts'
import { openApiOf } from '../../src/api/openapi.ts'
import { problems } from '../../src/api/problems.ts'
import { routes } from '../../src/api/routes/all.ts'
import { createProgram } from '../../src/cli/commands.ts'
import { root } from '../../src/dev/dataDir.ts'
import { cliCommands } from '../../src/dev/reference/commandLine.ts'
import { REFERENCE, referencePage } from '../../src/dev/reference/reference.ts'
import { AUDIT_ACTIONS, OPERATOR_ACTIONS } from '../../src/domain/audit/actions.ts'
import { EVENT_TYPE_NAMES } from '../../src/domain/events/eventTypes.ts'
import { jobs } from '../../src/domain/jobs.ts'
import { permissionsFor, rolePermissions } from '../../src/domain/keys/access.ts'
import { MESSAGE_TYPES } from '../../src/domain/notifications/Notification.ts'

const page = await readFile(REFERENCE, 'utf8')
const specs = [...hotRoutes, ...routes].map(({ spec }) => spec)

/** Names of which the first cells of a page's tables consist. */
const firstCells = (text: string) =>
  text
    .split('\n')
    .flatMap((line) => /^\| (`[^`]+`(?:, `[^`]+`)*) +\|/.exec(line)?.[1]?.split(', ') ?? [])
    .map((name) => name.slice(1, -1))

function namesOfRoutes(): string[] {
  const { paths } = openApiOf(specs, { publicUrl: undefined, sessionCookie: 'session' })
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  )
}

async function namesOfMetrics(): Promise<string[]> {
  const names: string[] = []
  for await (const file of glob('src/{api,cli,domain,platform,region,verifier,workers}/**/*.ts', {
    cwd: root,
  }))
    for (const [, name = ''] of (await readFile(join(root, file), 'utf8')).matchAll(/name: '(keys_\w+)'/g))
      names.push(name)
  return names
}

const permissions = new Set([
  ...permissionsFor('admin'),
  ...Object.values(rolePermissions).flat(),
  ...specs.flatMap(({ auth }) =>
    typeof auth === 'object' ? Object.values(auth).filter((value) => typeof value === 'string') : [],
  ),
])

const kinds: [title: string, names: string[], elsewhere?: string[]][] = [
  ['Routes', namesOfRoutes()],
  ['Permissions', [...permissions]],
  // Reasons why a line of an import fails have the same names.
  ['Problems', Object.keys(problems), ['import.md']],
  ['Notifications', [...MESSAGE_TYPES]],
  ['Lifecycle events', EVENT_TYPE_NAMES],
  ['Audit actions', [...Object.keys(AUDIT_ACTIONS), ...Object.keys(OPERATOR_ACTIONS)]],
  ['Jobs', Object.keys(jobs)],
  // What to watch.
  ['Metrics', await namesOfMetrics(), ['operating.md']],
  ['Command line', cliCommands(createProgram()).map(({ name }) => name)],
]

it('docs/reference.md is what the code says', () => {
  expect(page === referencePage(), 'run `npm run docs`').toBe(true)
})

it.each(kinds)('%s: each has one row of the reference, which says something', (title, names) => {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? ''
  const documented = firstCells(section)
  expect(names.length).toBeGreaterThan(4)
  for (const name of names) expect([name, documented.filter((one) => one === name).length]).toEqual([name, 1])
  for (const line of section.split('\n').filter((one) => one.startsWith('| `')))
    expect(line, 'an empty cell').not.toMatch(/^\| `[^`]+` +\|\s+\|/)
})

it.each(kinds)('%s: no other page has a table of them', async (_title, names, elsewhere = []) => {
  for (const name of await readdir(join(root, 'docs'))) {
    if (!name.endsWith('.md') || name === 'reference.md' || elsewhere.includes(name)) continue
    const cells = firstCells(await readFile(join(root, 'docs', name), 'utf8'))
    expect(
      cells.filter((cell) => names.includes(cell)),
      name,
    ).toEqual([])
  }
})
