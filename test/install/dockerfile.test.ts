import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { validate } from 'dockerfile-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { freePort } from '../../src/dev/freePort.ts'

const read = (path: string) => readFile(join(root, path), 'utf8')
const dockerfile = await read('Dockerfile')
const manifest = JSON.parse(await read('package.json'))

/** What a stage copies from the folder of the build. */
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
  paths.split(' '),
)

it('the Dockerfile has no mistake that a linter sees', () => {
  expect(
    validate(dockerfile).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`),
  ).toEqual([])
})

it('the manifest of every workspace is there before packages are installed', () => {
  for (const workspace of manifest.workspaces) expect(copied).toContain(`${workspace}/package.json`)
})

it('.dockerignore lets through what the Dockerfile copies, and nothing else', async () => {
  const allowed = (await read('.dockerignore'))
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  const isWithin = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)
  for (const path of copied)
    expect(
      allowed.some((folder) => isWithin(path, folder)),
      path,
    ).toBe(true)
  for (const folder of allowed)
    expect(
      copied.some((path) => isWithin(path, folder)),
      folder,
    ).toBe(true)
})

it('the build runs on the major version of Node that the image carries', () => {
  const [, major] = /BUILD_IMAGE=\S+node:(\d+)-/.exec(dockerfile) ?? []
  expect(manifest.dependencies.node).toMatch(new RegExp(`^${major}\\.`))
})

describe('the entry point', () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['deploy/image/entrypoint.ts', ...args], { cwd: root }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
    )

  it.each(['help', 'toString', ''])('refuses %j and says which words it knows', async (word) => {
    const { code, output } = await run(word)
    expect(code).toBe(2)
    expect(output).toContain('api, worker, migrate, keys')
  })

  it('`keys` is the command line, and `migrate` its command', async () => {
    const help = await run('keys', 'account', '--help')
    expect(help).toMatchObject({ code: 0, output: expect.stringContaining('suspend') })
    const migrate = await run('migrate', '--help')
    expect(migrate).toMatchObject({ code: 0, output: expect.stringContaining('migrate the database') })
  })
})

describe('the health check', () => {
  const servers: ReturnType<typeof createServer>[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })
  const serve = async (status: number) => {
    const server = createServer((request, response) =>
      response.writeHead(request.url === '/livez' ? status : 404).end(),
    )
    servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return String((server.address() as AddressInfo).port)
  }
  const check = (env: Record<string, string>) =>
    promisify(execFile)(process.execPath, ['deploy/image/healthcheck.ts'], { cwd: root, env }).then(
      () => 'healthy',
      ({ stderr }) => stderr.trim(),
    )

  it('asks /livez of the api', async () => {
    expect(await check({ PORT: await serve(200) })).toBe('healthy')
    expect(await check({ PORT: await serve(200), HOST: '0.0.0.0' })).toBe('healthy')
  })

  it('fails on another status, and when nothing listens', async () => {
    expect(await check({ PORT: await serve(503) })).toBe('/livez: 503')
    expect(await check({ PORT: String(await freePort()) })).toContain('ECONNREFUSED')
  })
})
