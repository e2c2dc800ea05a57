import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildRelease } from '../../packages/release/buildRelease.ts'
import { missingBuilder } from '../../packages/release/saveImage.ts'
import { root } from '../../src/dev/dataDir.ts'
import { VERSION } from '../../src/platform/release.ts'

const EPOCH = Date.UTC(2026, 10, 27, 12) / 1000
const NOTES = `## [${VERSION}] - 2026-11-27\n\n- What is new.\n`

let work: string
let first: string
let second: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'pictify-keys-dist-'))
  ;[first, second] = [join(work, 'first'), join(work, 'second')]
  for (const into of [first, second]) {
    await mkdir(into)
    await buildRelease({ version: VERSION, notes: NOTES, epoch: EPOCH, into })
  }
}, 240_000)
afterAll(() => rm(work, { recursive: true, force: true }))

it('a release has the packages for npm and Python, a bill of materials, notes and sums, and nothing else', async () => {
  expect((await readdir(first)).sort()).toEqual([
    'RELEASE_NOTES.md',
    'SHA256SUMS',
    `pictify-keys-${VERSION}.cdx.json`,
    `pictify-keys-client-${VERSION}.tgz`,
    `pictify-keys-verifier-${VERSION}.tgz`,
    `pictify_keys-${VERSION}-py3-none-any.whl`,
    `pictify_keys-${VERSION}.tar.gz`,
  ])
  expect(await readFile(join(first, 'RELEASE_NOTES.md'), 'utf8')).toBe(NOTES)
})

it('the same commit makes the same bytes', async () => {
  for (const name of await readdir(first)) {
    const [one, other] = await Promise.all([first, second].map((folder) => readFile(join(folder, name))))
    expect(one?.equals(other ?? Buffer.of()), name).toBe(true)
  }
})

it('SHA256SUMS has the sum of every other file', async () => {
  const lines = (await readFile(join(first, 'SHA256SUMS'), 'utf8')).trimEnd().split('\n')
  const others = (await readdir(first)).filter((name) => name !== 'SHA256SUMS').sort()
  const sums = others.map(async (name) => {
    const sum = createHash('sha256').update(await readFile(join(first, name)))
    return `${sum.digest('hex')}  ${name}`
  })
  expect(lines).toEqual(await Promise.all(sums))
})

it('the wheel has what its record says, and works without being unpacked', async () => {
  const wheel = join(first, `pictify_keys-${VERSION}-py3-none-any.whl`)
  const script = `
import base64, csv, hashlib, io, sys, zipfile
from importlib.metadata import version
from pictify_keys import AsyncKeys, Keys
import pictify_keys.asgi, pictify_keys.wsgi
archive = zipfile.ZipFile(sys.argv[1])
(record,) = [name for name in archive.namelist() if name.endswith("/RECORD")]
rows = {row[0]: row[1] for row in csv.reader(io.StringIO(archive.read(record).decode()))}
assert set(rows) == set(archive.namelist()), rows
for name, digest in rows.items():
    made = base64.urlsafe_b64encode(hashlib.sha256(archive.read(name)).digest()).decode().rstrip("=")
    assert name == record or digest == "sha256=" + made, name
print(version("pictify-keys"), pictify_keys.__file__.startswith(sys.argv[1]))
`
  const { stdout } = await promisify(execFile)('python3', ['-c', script, wheel], {
    cwd: work,
    env: { PATH: process.env.PATH, PYTHONPATH: wheel, PYTHONDONTWRITEBYTECODE: '1' },
  })
  expect(stdout).toBe(`${VERSION} True\n`)
})

it('the source distribution has every source of the Python client, its licence and what builds it', async () => {
  const { stdout } = await promisify(execFile)('tar', ['-tzf', join(first, `pictify_keys-${VERSION}.tar.gz`)])
  const sources = (await readdir(join(root, 'clients/python/pictify_keys'))).filter((name) =>
    /\.py$|^py\.typed$/.test(name),
  )
  const files = ['LICENSE', 'PKG-INFO', 'README.md', 'build_backend.py', 'pyproject.toml']
  expect(stdout.trim().split('\n').sort()).toEqual(
    [...files, ...sources.map((name) => `pictify_keys/${name}`)]
      .map((name) => `pictify_keys-${VERSION}/${name}`)
      .sort(),
  )
})

it('without buildah the command says that there is no image, and how to go on', async () => {
  const { PATH } = process.env
  process.env.PATH = work
  try {
    expect(await missingBuilder()).toContain('buildah is not installed')
  } finally {
    process.env.PATH = PATH
  }
})

/** What the dashboard's files have in them. */
const BROWSER = [
  ...['charts', 'core', 'form', 'hooks', 'notifications'].map((name) => `@mantine/${name}`),
  ...['@tabler/icons-react', '@tanstack/react-query', 'openapi-fetch'],
  ...['react', 'react-dom', 'react-router', 'recharts'],
]

type Bill = {
  metadata: { timestamp: string; component: { name: string; version: string } }
  components: { 'bom-ref': string; purl?: string; hashes?: unknown[]; licenses?: unknown[] }[]
  dependencies: { ref: string; dependsOn?: string[] }[]
}

describe('the bill of materials', () => {
  let bill: Bill
  let refs: Set<string>
  const json = async (path: string) => JSON.parse(await readFile(join(root, path), 'utf8'))
  const found = (name: string) =>
    [...refs].filter((ref) => ref.startsWith(`pkg:npm/${name.replace('@', '%40')}@`))
  beforeAll(async () => {
    bill = JSON.parse(await readFile(join(first, `pictify-keys-${VERSION}.cdx.json`), 'utf8'))
    refs = new Set(bill.components.map((one) => one['bom-ref']))
  })

  it('is valid by the schema of CycloneDX 1.6', async () => {
    const library = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')
    const schema = async (name: string) => {
      const file = `${name}.SNAPSHOT.schema.json`
      const text = await readFile(join(dirname(library), 'res/schema', file), 'utf8')
      // The library's copies refer to each other by the names of its files.
      return { ...JSON.parse(text), $id: `http://cyclonedx.org/schema/${file}` }
    }
    const ajv = new Ajv({ strict: false, validateFormats: false })
    for (const name of ['spdx', 'jsf-0.82']) ajv.addSchema(await schema(name))
    const validate = ajv.compile(await schema('bom-1.6'))
    validate(bill)
    expect(validate.errors).toBeNull()
    expect(bill.metadata).toMatchObject({
      timestamp: '2026-11-27T12:00:00.000Z',
      component: { name: 'pictify-keys', version: VERSION },
    })
  })

  it('has what the service, its dashboard and the packages run on, and what that runs on', async () => {
    const { dependencies } = await json('package.json')
    for (const name of [...Object.keys(dependencies), ...BROWSER]) expect(found(name), name).not.toEqual([])
    for (const name of ['accepts', 'redis-errors', 'scheduler']) expect(found(name), name).toHaveLength(1)
    for (const name of ['npm/%40pictify/keys-client', 'npm/%40pictify/keys-verifier', 'pypi/pictify-keys'])
      expect(refs).toContain(`pkg:${name}@${VERSION}`)
  })

  it('has nothing that only tools, tests and examples run on', async () => {
    const { packages } = await json('package-lock.json')
    const { devDependencies } = await json('package.json')
    const { devDependencies: dashboard } = await json('src/dashboard/package.json')
    const { dependencies: example } = await json('examples/render-api/package.json')
    const tools = Object.keys({ ...devDependencies, ...dashboard }).filter(
      (name) => packages[`node_modules/${name}`]?.dev && !BROWSER.includes(name),
    )
    expect(tools).toEqual(expect.arrayContaining(['vitest', 'vite', 'playwright-core']))
    const drawing = Object.keys(example).filter(
      (name) => !/^(@koa|@pictify|koa$|zod|raw-body|react)/.test(name),
    )
    expect(drawing).toContain('satori')
    for (const name of [...tools, ...drawing]) expect(found(name), name).toEqual([])
  })

  it('says of every package from npm its licence and its hash, and on what it depends', () => {
    const ours = /^(@pictify-keys\/|pkg:(npm\/%40pictify\/|pypi\/))/
    for (const { 'bom-ref': ref, hashes, licenses, purl } of bill.components) {
      // The lock file knows neither of a package for other systems that was never installed here.
      if (ref.includes('/msgpackr-extract-')) continue
      expect(licenses, ref).toHaveLength(1)
      if (!ours.test(ref)) expect([ref, hashes?.length, purl]).toEqual([ref, 1, ref])
    }
    const known = new Set([...refs, `pictify-keys@${VERSION}`])
    expect(new Set(bill.dependencies.map(({ ref }) => ref))).toEqual(known)
    for (const { dependsOn = [] } of bill.dependencies)
      for (const ref of dependsOn) expect(known).toContain(ref)
  })
})
