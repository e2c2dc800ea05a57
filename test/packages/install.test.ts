import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { waitForHttp } from '../../src/dev/waitForHttp.ts'
import { blocksOf } from '../readme/readme.ts'
import { eventually } from '../support/eventually.ts'
import { installPackages, linkPackages, nodePrograms, type Project } from '../support/packages.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'
import { frameworkSources, typedSources } from './typedSources.ts'

const run = promisify(execFile)

let service: SharedService
let project: Project
beforeAll(async () => {
  service = await sharedService()
  project = await installPackages()
})
afterAll(() => project?.remove())

/** Everything that a project imports, in both kinds of modules. */
const IMPORTS = {
  '@pictify/keys-client': 'createClient, KeysProblem',
  '@pictify/keys-verifier': 'createVerifier, RegionUnavailable, ServiceTokenRefused',
  '@pictify/keys-verifier/express': 'expressKeys',
  '@pictify/keys-verifier/fastify': 'fastifyKeys',
  '@pictify/keys-verifier/fetch': 'fetchKeys',
  '@pictify/keys-verifier/hono': 'honoKeys',
  '@pictify/keys-verifier/http': 'httpKeys',
  '@pictify/keys-verifier/koa': 'koaKeys',
}
const program = (load: (names: string, from: string) => string) => `
${Object.entries(IMPORTS)
  .map(([from, names]) => load(names, from))
  .join('\n')}
const { API_URL: url, ADMIN_KEY: token, REDIS_URL: redisUrl, SERVICE_TOKEN: serviceToken } = process.env
async function main() {
  const client = createClient({ url, token })
  const { id, key } = await client.createApiKey({ name: 'On ' + process.version, type: 'live' })
  const verifier = createVerifier({ redisUrl, serviceToken })
  await verifier.ready()
  const handler = fetchKeys(verifier)((request, { keyId }) => new Response(keyId))
  const ask = () => handler(new Request('http://localhost/', { headers: { 'X-API-Key': key } }))
  const admitted = await ask()
  await client.revokeApiKey({ id })
  const refused = await ask()
  const missing = await client.getApiKey({ id: 'key_0000000000000000' }).catch((error) => error)
  const isWhole = [${Object.values(IMPORTS).join(', ')}].every((one) => typeof one === 'function')
  const outcome = [(await admitted.text()) === id, refused.status, missing instanceof KeysProblem, missing.slug, isWhole]
  await verifier.close()
  console.log(JSON.stringify([process.version, ...outcome]))
}
main()
`

describe('an empty project with the tarballs', () => {
  it('verifies and calls the API from ES modules and from CommonJS, on each supported Node', async () => {
    await project.write({
      'program.mjs': program((names, from) => `import { ${names} } from '${from}'`),
      'program.cjs': program((names, from) => `const { ${names} } = require('${from}')`),
    })
    const { adminKey } = await service.account('pro')
    const env = {
      PATH: process.env.PATH,
      ...{ API_URL: service.url, ADMIN_KEY: adminKey },
      ...{ REDIS_URL: service.redis.url, SERVICE_TOKEN: service.serviceToken },
    }
    for (const [title, node] of Object.entries(await nodePrograms()))
      for (const file of ['program.mjs', 'program.cjs']) {
        const { stdout } = await run(node, [file], { cwd: project.folder, env })
        expect([title, file, JSON.parse(stdout)]).toEqual([
          title,
          file,
          [
            title === 'this Node' ? process.version : expect.stringContaining(title.replace('Node ', 'v')),
            ...[true, 401, true, 'api-key-not-found', true],
          ],
        ])
      }
  })

  it('has the types that its README promises, for strict TypeScript', async () => {
    await linkPackages(project.folder, ['@types', 'koa', 'express', 'fastify', 'hono'])
    const compilerOptions = {
      strict: true,
      noUncheckedIndexedAccess: true,
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      noEmit: true,
    }
    await project.write({
      ...typedSources,
      ...frameworkSources,
      'tsconfig.json': JSON.stringify({
        compilerOptions: { ...compilerOptions, skipLibCheck: true },
        include: ['*.ts', '*.cts'],
      }),
      // The declarations themselves, too. Those of frameworks are not ours.
      'tsconfig.own.json': JSON.stringify({ compilerOptions, files: Object.keys(typedSources) }),
    })
    const [latest, former] = ['', 'src/dashboard/'].map((where) =>
      join(root, where, 'node_modules/typescript/bin/tsc'),
    )
    for (const [compiler = '', config = ''] of [
      [latest, 'tsconfig.json'],
      [latest, 'tsconfig.own.json'],
      [former, 'tsconfig.json'],
    ]) {
      const { stdout } = await run(process.execPath, [compiler, '-p', config], { cwd: project.folder }).catch(
        (error) => error,
      )
      expect(stdout, `${compiler} ${config}`).toBe('')
    }
  })
})

const exampleOf = async (name: string) => {
  const [block] = blocksOf(await readFile(join(root, `packages/${name}/README.md`), 'utf8')).filter(
    ({ language }) => language === 'js',
  )
  return block?.text ?? ''
}

describe('the example of a README runs as written', () => {
  it('of the verifier: admits, refuses, reports at its end, and ends by itself', async () => {
    await project.write({ 'verifier.js': await exampleOf('verifier') })
    const port = await freePort()
    const child = spawn(process.execPath, ['verifier.js'], {
      cwd: project.folder,
      env: {
        ...process.env,
        REDIS_URL: service.redis.url,
        SERVICE_TOKEN: service.serviceToken,
        PORT: String(port),
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)))
    try {
      const url = `http://127.0.0.1:${port}`
      const signal = AbortSignal.timeout(20_000)
      await waitForHttp(url, { accept: (status) => status === 401, boundMs: 20_000, signal })
      const account = await service.account('pro')
      const { id, key } = await account.createKey({ name: 'World' })
      const headers = { Authorization: `Bearer ${key}`, Connection: 'close' }
      const response = await fetch(url, { headers })
      expect([response.status, await response.text()]).toEqual([200, 'Hello, World!\n'])
      expect((await fetch(url, { headers: { 'X-API-Key': `${key}x` } })).status).toBe(401)
      child.kill('SIGTERM')
      expect(await ended).toBe(0)
      await eventually(
        async () => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h'],
        ({ requests, latencyMs }) => requests === 1 && latencyMs.p50 !== null,
      )
    } finally {
      child.kill('SIGKILL')
    }
  })

  it('of the client', async () => {
    await project.write({ 'client.js': await exampleOf('client') })
    const { stdout } = await run(process.execPath, ['client.js'], {
      cwd: project.folder,
      env: { PATH: process.env.PATH, API_URL: service.url, OPERATOR_TOKEN: await service.operatorToken() },
    })
    expect(stdout).toBe('pk_live_ active\nFirst key revoked\ntrue account-not-found\n')
  })
})
