import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

type Panel = {
  id: number
  type: string
  title: string
  gridPos: { x: number; y: number; w: number; h: number }
  datasource?: { uid: string }
  targets?: { expr: string }[]
}

let service: Service
let panels: Panel[]
let variables: string[]
/** By name: the labels that its samples have, as far as there are samples. */
const exported = new Map<string, Set<string>>()

beforeAll(async () => {
  const text = await readFile(new URL('../../docs/grafana-dashboard.json', import.meta.url), 'utf8')
  const dashboard = JSON.parse(text)
  panels = dashboard.panels
  variables = dashboard.templating.list.map(({ name }: { name: string }) => name)

  const port = await freePort()
  service = await startService({ env: { WORKER_PORT: String(port) } })
  const account = await service.account()
  const { key, id } = await account.createKey()
  await service.server.post('/verify', { key })
  await account.post(`/api-keys/${id}/revoke`)
  const headers = { Authorization: `Basic ${btoa('operator:operator-password')}` }
  const read = async (url: string) => (await fetch(url, { headers })).text()
  const ofWorker = await eventually(
    () => read(`http://127.0.0.1:${port}/metrics`).catch(() => ''),
    (metrics) => metrics.includes('keys_jobs_total{job="revoke-api-key"'),
  )
  note(await read(`${service.url}/metrics`))
  note(ofWorker)
})
afterAll(() => service.stop())

function note(metrics: string): void {
  for (const [, name = ''] of metrics.matchAll(/^# TYPE (\w+)/gm))
    if (!exported.has(name)) exported.set(name, new Set())
  for (const [, name = '', labels = ''] of metrics.matchAll(/^(\w+){(.*)} /gm)) {
    const known = exported.get(plain(name))
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known?.add(label)
  }
}

const plain = (name: string) => (exported.has(name) ? name : name.replace(/_(bucket|count|sum)$/, ''))

const expressions = () => panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

/** Names in an expression, with the labels that are asked of the whole. */
function namesIn(expr: string): string[] {
  return [...expr.matchAll(/\b(keys|process|nodejs)_\w+/g)].map(([name]) => plain(name))
}

describe('docs/grafana-dashboard.json', () => {
  it('asks only for metrics that an api or a worker has', () => {
    const names = expressions().flatMap(namesIn)
    expect(names.length).toBeGreaterThan(20)
    expect(names.filter((name) => !exported.has(name))).toEqual([])
  })

  it('asks only for labels that they have', () => {
    for (const expr of expressions()) {
      const [name = ''] = namesIn(expr)
      const labels = exported.get(name) ?? new Set()
      // Nothing was delivered here, and nothing evaluated.
      if (labels.size === 0) continue
      const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/))
      const matched = [...expr.matchAll(/(\w+)(?:=|!=|=~)"/g)].map(([, label = '']) => label)
      // Prometheus adds the instance.
      for (const label of [...grouped, ...matched])
        if (label !== 'instance') expect([expr, label, labels.has(label)]).toEqual([expr, label, true])
    }
  })

  it('leaves none of the service’s own metrics out', () => {
    const shown = new Set(expressions().flatMap(namesIn))
    const own = [...exported.keys()].filter((name) => name.startsWith('keys_'))
    expect(own.filter((name) => !shown.has(name))).toEqual([])
  })

  it('has every metric that docs/operating.md says to watch', async () => {
    const text = await readFile(new URL('../../docs/operating.md', import.meta.url), 'utf8')
    const watched = [...text.matchAll(/^\| `(keys_\w+)/gm)].map(([, name = '']) => name)
    expect(watched.length).toBeGreaterThan(15)
    const shown = new Set(expressions().flatMap(namesIn))
    expect(watched.filter((name) => !exported.has(name) || !shown.has(name))).toEqual([])
  })

  it('can be imported: one data source to choose, panels that do not overlap', () => {
    expect(variables).toEqual(['datasource'])
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    for (const panel of panels) {
      if (panel.type !== 'row') expect(panel.datasource?.uid).toBe(['$', '{datasource}'].join(''))
      for (const other of panels) {
        const [a, b] = [panel.gridPos, other.gridPos]
        const overlap = a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
        expect([panel.title, other.title, overlap]).toEqual([panel.title, other.title, panel === other])
      }
    }
  })
})
