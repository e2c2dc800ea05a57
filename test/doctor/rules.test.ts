import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { DOCTOR, doctorPage } from '../../src/dev/reference/doctorPage.ts'
import { CHECKS } from '../../src/doctor/checks/all.ts'
import { diagnose, docsOf } from '../../src/doctor/diagnose.ts'
import { findLookalikes, readSettings } from '../../src/doctor/probes/settings.ts'
import { renderDiagnosis, summaryOf } from '../../src/doctor/renderDiagnosis.ts'
import { BROKEN } from './brokenFacts.ts'
import { type Change, env, failed, setting } from './changes.ts'
import { goodFacts } from './goodFacts.ts'
import { GOOD } from './unusualFacts.ts'

const diagnoseWith = (change: Change) => {
  const facts = goodFacts()
  return diagnose({ ...facts, ...change(facts) })
}

describe('a broken set-up', () => {
  it.each(BROKEN)('%s', (_what, change, id, severity = 'error' as never) => {
    const { findings } = diagnoseWith(change)
    expect(findings.map((finding) => [finding.id, finding.severity])).toEqual([[id, severity]])
  })

  it('of each kind that there is a check for is in this table', () => {
    const found = new Set(BROKEN.map(([, , id]) => id))
    expect(CHECKS.map(({ id }) => id).filter((id) => !found.has(id))).toEqual([])
    expect(found.size).toBeGreaterThanOrEqual(25)
  })
})

describe('a good set-up', () => {
  it.each(GOOD)('%s: nothing is found', (_what, change) => expect(diagnoseWith(change).findings).toEqual([]))

  it('every check is made where everything can be asked', () => {
    const { made, missing } = diagnoseWith(() => ({}))
    expect(Object.values(missing).flat()).toEqual([])
    expect(Object.values(made).flat().toSorted()).toEqual(CHECKS.map(({ id }) => id).toSorted())
  })
})

describe('where nothing answers', () => {
  const dark: Change = () => ({
    postgres: failed('away'),
    redis: [{ region: 'primary', probed: failed('away') }],
    publicUrl: failed('away'),
    smtp: failed('away'),
  })

  it('it says so, and which checks could not be made', () => {
    const { findings, missing } = diagnoseWith(dark)
    const ids = ['postgres-unreachable', 'redis-unreachable', 'public-url-unreachable', 'smtp-unreachable']
    expect(findings.map(({ id }) => id)).toEqual(ids)
    expect(missing.Postgres).toContain('postgres-fsync')
    expect(missing.Redis).toContain('redis-evicts')
  })

  it('without any setting, it names those that are required', () => {
    const { findings } = diagnose({
      ...goodFacts(),
      ...readSettings({}),
      postgres: undefined,
      redis: [],
      publicUrl: undefined,
      smtp: undefined,
    })
    const missing = findings
      .filter(({ id }) => id === 'setting-invalid')
      .map(({ subject, found }) => [subject, found])
    const required = ['DATABASE_URL', 'REDIS_URL', 'SECRETS_KEY']
    expect(missing).toEqual(required.map((name) => [name, 'is required and not set']))
  })
})

describe('the answer', () => {
  it('shows an area each, what was found in it, its line of the docs, and the sum', () => {
    const text = renderDiagnosis(diagnoseWith(setting({ fsync: 'off' })), { colour: false })
    expect(text).toMatch(/^✓ Machine: \d+ checks\n/)
    expect(text).toContain('\n  Postgres: ')
    expect(text).toContain('  ✗ postgres-fsync: fsync is off. Expected: on.\n')
    expect(text).toContain('docs/doctor.md#postgres-fsync\n')
    expect(text.trimEnd().split('\n').at(-1)).toBe('1 problem')
  })

  it('is ready with warnings alone', () => {
    const diagnosis = diagnoseWith(env({ MAIL_FROM: undefined }))
    expect(summaryOf(diagnosis)).toEqual({ ready: true, errors: 0, warnings: 1 })
    expect(renderDiagnosis(diagnosis, { colour: false })).toMatch(/\nReady, with 1 warning\n$/)
    expect(
      renderDiagnosis(
        diagnoseWith(() => ({})),
        { colour: false },
      ),
    ).toMatch(/\nReady\n$/)
  })

  it('leaves out what the operator has accepted', () => {
    const facts = { ...goodFacts(), nodeVersion: '20.0.0' }
    expect(diagnose(facts, new Set(['node-version'])).findings).toEqual([])
  })
})

it.each([
  [['WEBHOK_ALLOW_PRIVATE'], 'WEBHOOK_ALLOW_PRIVATE'],
  [['REDIS_URI'], 'REDIS_URL'],
  [['TRUSTED_PROXY'], 'TRUSTED_PROXIES'],
  [['DATABASE_TIMEOUT'], 'DATABASE_TIMEOUT_MS'],
  [['SMTP_URLS', 'SMTP_URL'], undefined],
  [['HOME', 'PATH', 'PORTS', 'HOSTNAME', 'AWS_REGION', 'NODE_OPTIONS', 'DATA_DIR', 'RENDER_PORT'], undefined],
])('of the variables %s, one is meant to be %s', (names, meant) => {
  expect(findLookalikes(names)[0]?.meant).toBe(meant)
})

describe('docs/doctor.md', () => {
  it('is what the checks say, with a line for each that findings link to', async () => {
    const page = await readFile(DOCTOR, 'utf8')
    expect(page === doctorPage(), 'run `npm run docs`').toBe(true)
    const anchors = [...page.matchAll(/<a id="([\w-]+)"><\/a>/g)].map(([, id = '']) => `docs/doctor.md#${id}`)
    expect(anchors).toEqual(CHECKS.map(({ id }) => docsOf(id)))
    expect(new Set(anchors).size).toBe(anchors.length)
  })

  it('links to sections that there are', async () => {
    const links = [...doctorPage().matchAll(/\]\((\w+\.md)(?:#([\w-]+))?\)/g)]
    expect(links.length).toBeGreaterThan(5)
    for (const [, page = '', anchor] of links) {
      const text = await readFile(`${root}/docs/${page}`, 'utf8')
      const anchors = [...text.matchAll(/^##+ (.*)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      )
      if (anchor) expect(anchors, page).toContain(anchor)
    }
  })
})
