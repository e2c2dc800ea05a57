import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hotRoutes } from '../../src/api/hot.ts'
import { openApiOf } from '../../src/api/openapi.ts'
import { routes } from '../../src/api/routes/all.ts'
import { root } from '../../src/dev/dataDir.ts'

/** Where npm has put a program of the generators' workspace: with what it shares, or in its own folder. */
async function binOf(name: string): Promise<string> {
  const own = join(root, 'test/clients/generators/node_modules/.bin', name)
  return access(own).then(
    () => own,
    () => join(root, 'node_modules/.bin', name),
  )
}

const strict = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    noFallthroughCasesInSwitch: true,
    isolatedModules: true,
    types: [],
    noEmit: true,
  },
  include: ['**/*.ts'],
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-generated-'))
  const specs = [...hotRoutes, ...routes].map(({ spec }) => spec)
  const document = openApiOf(specs, { publicUrl: 'https://keys.example.com', sessionCookie: 'keys_session' })
  await writeFile(join(folder, 'openapi.json'), JSON.stringify(document))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Throws with everything that it printed unless it ended well. */
async function run(command: string, args: string[], cwd: string): Promise<string> {
  const env = { ...process.env, DO_NOT_TRACK: '1', CI: 'true' }
  const { stdout, stderr } = await promisify(execFile)(command, args, { cwd, env }).catch((error) => {
    throw new Error(`${error.stdout}\n${error.stderr}`)
  })
  return `${stdout}\n${stderr}`
}

it.each([
  {
    name: '@hey-api/openapi-ts',
    args: ['openapi-ts', '-i', '../openapi.json', '-o', 'client', '--no-log-file'],
    use: `
      import { createApiKey, verifyApiKey } from './client/index'
      import { client } from './client/client.gen'

      client.setConfig({ baseUrl: 'https://keys.example.com' })
      export async function use(): Promise<[string, boolean | undefined]> {
        const made = await createApiKey({ body: { name: 'CI', type: 'test' }, throwOnError: true })
        const id: string = 'id' in made.data ? made.data.id : made.data.operation.id
        const { data } = await verifyApiKey({ body: { key: 'pk_live_…' } })
        return [id, data?.valid]
      }`,
  },
  {
    name: 'orval',
    args: ['orval', '--input', '../openapi.json', '--output', 'client/index.ts', '--client', 'fetch'],
    use: `
      import { createApiKey, verifyApiKey } from './client/index'

      export async function use(): Promise<[string | undefined, boolean | undefined]> {
        const made = await createApiKey({ name: 'CI', type: 'test' })
        const id = made.status === 201 ? made.data.id : undefined
        const answer = await verifyApiKey({ key: 'pk_live_…' })
        return [id, answer.status === 200 ? answer.data.valid : undefined]
      }`,
  },
])(
  'the client that $name generates compiles, with strict types',
  async ({ args: [bin = '', ...args], use }) => {
    const place = join(folder, bin)
    await mkdir(place)
    await run(await binOf(bin), args, place)
    await writeFile(join(place, 'use.ts'), use)
    await writeFile(join(place, 'tsconfig.json'), JSON.stringify(strict))
    const printed = await run(join(root, 'node_modules/.bin/tsc'), ['--project', place], place)
    expect(printed.trim()).toBe('')
  },
)
