import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as apps from 'kubernetes-models/apps/v1'
import * as autoscaling from 'kubernetes-models/autoscaling/v2'
import * as batch from 'kubernetes-models/batch/v1'
import * as policy from 'kubernetes-models/policy/v1'
import * as core from 'kubernetes-models/v1'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { root } from '../../src/dev/dataDir.ts'
import { EnvSchema } from '../../src/platform/env.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { parseEnvFile } from './composeFile.ts'

const FOLDER = join(root, 'deploy/kubernetes')

/** The kinds that the manifests may have, with their schemas. */
const KINDS: Record<string, new (data: never) => { validate: () => void }> = {
  'v1 Namespace': core.Namespace,
  'v1 Service': core.Service,
  'batch/v1 Job': batch.Job,
  'apps/v1 Deployment': apps.Deployment,
  'policy/v1 PodDisruptionBudget': policy.PodDisruptionBudget,
  'autoscaling/v2 HorizontalPodAutoscaler': autoscaling.HorizontalPodAutoscaler,
}

// biome-ignore lint/suspicious/noExplicitAny: manifests are validated by their schemas below
type Manifest = any

const read = (name: string) => readFile(join(FOLDER, name), 'utf8')
let manifests: Manifest[]
let kustomization: Manifest
beforeAll(async () => {
  kustomization = parse(await read('kustomization.yaml'))
  const texts = await Promise.all(kustomization.resources.map(read))
  manifests = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()))
})
const ofKind = (kind: string) => manifests.filter((one) => one.kind === kind)
const pods = () =>
  [...ofKind('Deployment'), ...ofKind('Job')].map(({ metadata, spec }) => ({
    name: metadata.name,
    labels: spec.template.metadata.labels,
    ...spec.template.spec,
  }))

describe('the manifests', () => {
  it('are valid by the schemas of Kubernetes', () => {
    expect(manifests.length).toBeGreaterThan(7)
    for (const manifest of manifests) {
      const Kind = KINDS[`${manifest.apiVersion} ${manifest.kind}`]
      if (!Kind) throw new Error(`There is no schema for ${manifest.apiVersion} ${manifest.kind}`)
      expect(() => new Kind(manifest as never).validate(), manifest.metadata.name).not.toThrow()
    }
  })

  it('are all named by kustomization.yaml', async () => {
    const others = ['kustomization.yaml', 'prometheus-adapter.yaml']
    const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.yaml') && !others.includes(name))
    expect([...kustomization.resources].sort()).toEqual(files.sort())
  })

  it('name the release that they belong to', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    expect(kustomization.images[0].newTag).toBe(version)
    for (const { containers } of pods()) expect(containers[0].image).toBe(kustomization.images[0].name)
  })

  it('give no pod more than the restricted standard allows, and nothing to write but /tmp', () => {
    for (const { name, securityContext, containers, automountServiceAccountToken } of pods()) {
      expect({ name, automountServiceAccountToken, ...securityContext }).toMatchObject({
        name,
        automountServiceAccountToken: false,
        runAsNonRoot: true,
        runAsUser: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
      expect(containers[0].volumeMounts).toEqual([{ name: 'tmp', mountPath: '/tmp' }])
    }
  })

  it('give a process longer than SHUTDOWN_MS after its preStop', () => {
    for (const { name, containers, terminationGracePeriodSeconds } of pods()) {
      if (name === 'migrate') continue
      const { seconds = 0 } = containers[0].lifecycle?.preStop.sleep ?? {}
      const bound = EnvSchema.shape.SHUTDOWN_MS.parse(undefined)
      expect((terminationGracePeriodSeconds - seconds) * 1000, name).toBeGreaterThan(bound)
    }
  })

  it('do not take traffic from an api because Postgres is away', () => {
    const [api] = pods().filter(({ name }) => name === 'api')
    const { startupProbe, readinessProbe, livenessProbe } = api?.containers[0] ?? {}
    expect(startupProbe.httpGet.path).toBe('/readyz')
    expect([readinessProbe.httpGet.path, livenessProbe.httpGet.path]).toEqual(['/livez', '/livez'])
  })

  it('select pods that exist', () => {
    const labels = pods().map((pod) => pod.labels)
    const selectors = [
      ...ofKind('Service').map(({ spec }) => spec.selector),
      ...[...ofKind('PodDisruptionBudget'), ...ofKind('Deployment')].map(
        ({ spec }) => spec.selector.matchLabels,
      ),
      ...pods().flatMap(({ topologySpreadConstraints = [] }) =>
        topologySpreadConstraints.map((one: Manifest) => one.labelSelector.matchLabels),
      ),
    ]
    expect(selectors).toHaveLength(9)
    for (const selector of selectors) expect(labels).toContainEqual(selector)
  })

  it('give processes settings that exist', async () => {
    const names = [
      ...Object.keys(parseEnvFile(await read('settings.env'))),
      ...pods().flatMap(({ containers }) => (containers[0].env ?? []).map(({ name }: Manifest) => name)),
      ...[
        ...(await readFile(join(root, 'docs/install/kubernetes.md'), 'utf8')).matchAll(
          /--from-literal=(\w+)=/g,
        ),
      ].map(([, name = '']) => name),
    ]
    expect(names.length).toBeGreaterThan(6)
    expect(Object.keys(EnvSchema.shape)).toEqual(expect.arrayContaining(names))
  })
})

it('the autoscaler reads a metric that the adapter makes of one that the api has', async () => {
  const [{ spec }] = ofKind('HorizontalPodAutoscaler')
  const { name } = spec.metrics.find((one: Manifest) => one.type === 'Pods').pods.metric
  const [rule] = parse(await read('prometheus-adapter.yaml')).rules.custom
  expect(rule.name.as).toBe(name)
  const { registry } = createMetrics()
  const [, histogram = ''] = /(\w+)_sum\{/.exec(rule.metricsQuery) ?? []
  expect(registry.getSingleMetric(histogram)).toBeDefined()
  expect(rule.seriesQuery).toContain(`${histogram}_count`)
  registry.clear()
})
