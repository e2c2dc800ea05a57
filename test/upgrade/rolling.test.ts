import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { migrate } from '../../src/platform/migrate.ts'
import { openPostgres } from '../../src/platform/postgres.ts'
import { VERSION } from '../../src/platform/release.ts'
import { type Api, runProcesses, type ServiceProcess } from '../setup/runProcesses.ts'
import { runSql } from '../setup/runSql.ts'
import { serviceEnv } from '../setup/serviceEnv.ts'
import { freshRedis } from '../setup/services.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { RollingLoad } from '../support/RollingLoad.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { PREVIOUS, previousCommit, previousRelease } from './previousRelease.ts'

/** How often the whole upgrade is done. */
const ROUNDS = Number(process.env.UPGRADE_ROUNDS ?? 1)
/** How much of each kind of work is done between two steps. */
const STEP = 2
/** Each costs seconds to start. */
const WORKERS = ROUNDS > 1 ? 2 : 1

/** An archive of the sources, or a clone of their last commit, has no earlier release. */
const isWithout = (await previousCommit().catch(() => undefined)) === undefined

const refusesConnections = (url: string) =>
  fetch(url).then(
    () => false,
    ({ cause }) => cause?.code === 'ECONNREFUSED',
  )

let previous: string
beforeAll(async () => {
  previous = await previousRelease()
}, 300_000)

it.skipIf(isWithout)(
  'the release that is upgraded is the last one of the changelog before this one',
  async () => {
    const changelog = await readFile(join(root, 'CHANGELOG.md'), 'utf8')
    const released = [...changelog.matchAll(/^## \[(\d+\.\d+\.\d+)\] - /gm)].map(([, version]) => version)
    expect(released.find((version) => version !== VERSION) ?? released[0]).toBe(PREVIOUS.version)
    expect(await previousCommit()).toBe(PREVIOUS.commit)
    const manifest = JSON.parse(await readFile(join(previous, 'package.json'), 'utf8'))
    expect(manifest.version).toBe(PREVIOUS.version)
  },
)

describe.skipIf(isWithout).each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
  'rolling upgrade, round %i',
  () => {
    const name = `test_${randomBytes(8).toString('hex')}`
    const url = new URL(inject('postgresUrl'))
    url.pathname = `/${name}`
    const databaseUrl = url.href
    let redis: Awaited<ReturnType<typeof freshRedis>>
    let releases: Record<'old' | 'new', ReturnType<typeof runProcesses>>
    beforeAll(async () => {
      await runSql(inject('postgresUrl'), `create database ${name}`)
      redis = await freshRedis()
      const env = serviceEnv(databaseUrl, redis.url)
      releases = { old: runProcesses(env, previous), new: runProcesses(env) }
      keys = async (...args) => {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          ['src/cli/main.ts', ...args, '--json'],
          {
            cwd: previous,
            env,
          },
        )
        return JSON.parse(stdout)
      }
    })
    afterAll(async () => {
      await Promise.all([releases.old.killAll(), releases.new.killAll()])
      await redis.stop()
      await runSql(inject('postgresUrl'), `drop database if exists ${name} with (force)`)
    })

    /** The previous release's command line. */
    let keys: (...args: string[]) => Promise<Record<string, string>>
    const apis: Api[] = []
    const workers: ServiceProcess[] = []
    const urls = () => apis.map((api) => api.url)
    const sql = async (text: string) => (await runSql(databaseUrl, text)).flat()

    /** One process after another: the next one is ready before one is stopped. */
    async function rollWorkers(release: 'old' | 'new', between: () => Promise<void>) {
      for (const worker of workers.splice(0)) {
        workers.push(await releases[release].startReadyWorker())
        await between()
        expect(await worker.end()).toBe(0)
        await between()
      }
    }
    async function rollApis(release: 'old' | 'new', between: () => Promise<void>, load: RollingLoad) {
      for (const api of apis.slice()) {
        apis.push(await releases[release].startApi())
        await between()
        // As a balancer does: nothing new goes there, then it is stopped. What it has in hand is answered.
        apis.splice(apis.indexOf(api), 1)
        const finish = await load.hold(api.url)
        const ended = api.end()
        await eventually(() => refusesConnections(api.url), Boolean)
        await finish()
        expect(await ended).toBe(0)
        await between()
      }
    }

    it(`${PREVIOUS.version} to this release and back: none refused, none lost`, async () => {
      await keys('migrate')
      while (workers.length < WORKERS) workers.push(await releases.old.startReadyWorker())
      apis.push(await releases.old.startApi(), await releases.old.startApi())
      const { adminKey = '', accountId } = await keys(
        'account',
        'create',
        '--name',
        'A',
        '--plan',
        'enterprise',
      )
      const { serviceToken = '' } = await keys('service-token', 'create', '--name', 'Render API')
      const admin = () => createClient(urls()[0] ?? '', adminKey)
      const rule = { name: 'Many', metric: 'requests', window: '24h', threshold: 1_000_000 }
      expect((await admin().post('/alerts', rule)).status).toBe(201)
      const alerts = async () =>
        (await admin().get('/alerts')).body.alerts.map(({ id, name }: typeof rule & { id: string }) => [
          id,
          name,
        ])
      const alertsBefore = await alerts()

      const random = createRandom(anySeed())
      const load = new RollingLoad({ urls, adminKey, serviceToken, random })
      await load.start(3)
      const between = () => load.progress(STEP)
      try {
        await between()
        const orm = await openPostgres(databaseUrl, { poolMax: 2 })
        expect((await migrate(orm)).length).toBeGreaterThan(20)
        await orm.close()
        await between()
        // docs/upgrading.md: workers first on the way there, last on the way back.
        await rollWorkers('new', between)
        await rollApis('new', between, load)
        await between()
        expect(await alerts()).toEqual(alertsBefore)
        await rollApis('old', between, load)
        await rollWorkers('old', between)
        await between()
      } finally {
        await load.stop()
      }

      expect(load.refused).toEqual([])
      expect(load.broken).toBe(0)
      expect([releases.old.died, releases.new.died]).toEqual([[], []])
      // Every command has its outcome.
      const unfinished = await eventually(
        () => sql(`select kind, status from command where status <> 'succeeded'`),
        (rows) => rows.length === 0,
      )
      expect(unfinished).toEqual([])
      const stored = await sql(`select id, name, status from api_key where account_id = '${accountId}'`)
      const seen = new Map(stored.map(({ id, name, status }) => [String(id), { name, status }]))
      for (const [id, name] of load.names)
        expect(seen.get(id)).toEqual({ name, status: load.revoked.has(id) ? 'revoked' : 'active' })
      expect(await alerts()).toEqual(alertsBefore)
      // Every admitted verification and every acknowledged event is counted, once.
      const expected = new Map(load.verified)
      for (const [id, events] of load.reported) expected.set(id, (expected.get(id) ?? 0) + events)
      const counted = async () => {
        const rows = await sql('select key_id, sum(requests) as requests from usage_day group by key_id')
        return new Map(rows.map(({ key_id, requests }) => [String(key_id), Number(requests)]))
      }
      const wanted = [...expected].toSorted()
      const found = await eventually(
        async () => [...(await counted())].filter(([id]) => expected.has(id)).toSorted(),
        (rows) => JSON.stringify(rows) === JSON.stringify(wanted),
        30_000,
      ).catch(async () => [...(await counted())].toSorted())
      expect(found).toEqual(wanted)
    }, 300_000)
  },
)
