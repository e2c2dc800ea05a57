import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { blocksOf } from '../readme/readme.ts'
import { runSql } from '../setup/runSql.ts'
import { freshRedis } from '../setup/services.ts'
import { eventually } from '../support/eventually.ts'
import { type RenderApi, startRenderApi } from '../support/startRenderApi.ts'
import type { TestRedis } from '../support/startService.ts'
import { expectFirstRender } from './firstKey.ts'
import { bootMachine, type Machine } from './machine.ts'

const store = process.env.INSTALL_STORE ?? join(tmpdir(), 'pictify-keys-install')

let machine: Machine
let redis: TestRedis
let folder: string
let render: RenderApi | undefined
let ports: { api: number; worker: number }
let api: string
let worker: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-units-'))
  redis = await freshRedis()
  ports = { api: await freePort(), worker: await freePort() }
  api = `pictify-keys-api@${ports.api}`
  worker = `pictify-keys-worker@${ports.worker}`
  await runSql(
    inject('postgresUrl'),
    `CREATE ROLE units LOGIN PASSWORD 'units'`,
    'CREATE DATABASE units OWNER units',
  )
  machine = await bootMachine(store)
  await install()
}, 1_800_000)

afterAll(async () => {
  await render?.stop()
  await machine?.stop()
  await redis?.stop()
  await runSql(
    inject('postgresUrl'),
    'DROP DATABASE IF EXISTS units WITH (FORCE)',
    'DROP ROLE IF EXISTS units',
  )
  await rm(folder, { recursive: true, force: true })
})

/** Does what docs/install/systemd.md says, but for packages: the checkout has them. */
async function install(): Promise<void> {
  const [copy, enable] = blocksOf(await readFile(join(root, 'docs/install/systemd.md'), 'utf8'))
  await machine.sh(`${copy?.text.replace(/^npm ci.*$/m, '')}`)
  const { host } = new URL(inject('postgresUrl'))
  const settings: Record<string, string> = {
    DATABASE_URL: `postgres://units:units@${host}/units`,
    REDIS_URL: redis.url,
    SECRETS_KEY: randomBytes(32).toString('base64'),
    OPERATOR_PASSWORD: randomBytes(16).toString('hex'),
  }
  for (const [name, value] of Object.entries(settings))
    await machine.sh(`sed -i 's|^${name}=.*|${name}=${value}|' /etc/pictify-keys/env`)
  await machine.sh(
    `${enable?.text.replace('pictify-keys-api@3000', api).replace('pictify-keys-worker@3201', worker)}`,
  )
}

const livezOf = (port: number) =>
  fetch(`http://127.0.0.1:${port}/livez`).then(
    ({ status }) => status,
    () => 0,
  )
const comesUp = (port: number) =>
  eventually(
    () => livezOf(port),
    (status) => status === 200,
  ).catch(async (error) => {
    throw new Error(`${error}\n${await machine.sh('journalctl --no-pager --lines=50')}`)
  })
const property = async (unit: string, name: string) =>
  (await machine.sh(`systemctl show --property=${name} --value ${unit}`)).trim()
const mainPid = async (unit: string) => Number(await property(unit, 'MainPID'))

it('the migration runs first, then api and worker', async () => {
  await comesUp(ports.api)
  await comesUp(ports.worker)
  expect(await property('pictify-keys-migrate', 'ActiveState')).toBe('active')
  const log = await machine.sh('journalctl --no-pager --output=cat --unit=pictify-keys-migrate')
  expect(log).toContain('Migration')
})

it('a process has a user of its own, no privilege, a filter of system calls, and nothing to write', async () => {
  for (const unit of [api, worker]) {
    const status = await readFile(`/proc/${await machine.pidHere(await mainPid(unit))}/status`, 'utf8')
    expect(status).toMatch(/^Uid:\t(6\d{4})\t\1\t\1\t\1$/m)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    expect(status).toMatch(/^Seccomp:\t2$/m)
    expect(status.match(/^Cap(Prm|Eff|Bnd|Amb):\t0000000000000000$/gm)).toHaveLength(4)
  }
  const node =
    'systemd-run --pipe --wait --collect --quiet --unit=pictify-keys-cli-write /opt/pictify-keys/node_modules/.bin/node'
  for (const path of ['/opt/pictify-keys/file', '/etc/file', '/var/lib/file'])
    await expect(machine.sh(`${node} --eval 'fs.writeFileSync("${path}", "x")'`)).rejects.toThrow('EROFS')
})

it('the first account, key and render work as docs/install/first-key.md says', async () => {
  const words = machine.words('/usr/local/bin/pictify-keys')
  await writeFile(join(folder, 'keys'), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`)
  await chmod(join(folder, 'keys'), 0o755)
  await expectFirstRender({
    folder,
    env: { API_URL: `http://127.0.0.1:${ports.api}` },
    startRender: async (serviceToken) => {
      render = await startRenderApi({ redis, serviceToken })
      return render.url
    },
  })
})

it('a process that dies is started again', async () => {
  const before = await mainPid(api)
  await machine.sh(`kill -KILL ${before}`)
  await eventually(
    () => mainPid(api),
    (pid) => pid !== 0 && pid !== before,
  )
  await comesUp(ports.api)
})

it('stopping the target ends every process in order', async () => {
  await machine.sh('systemctl stop pictify-keys.target')
  for (const unit of [api, worker]) {
    await eventually(
      () => property(unit, 'ActiveState'),
      (state) => state !== 'deactivating',
    )
    expect([await property(unit, 'ActiveState'), await property(unit, 'Result')]).toEqual([
      'inactive',
      'success',
    ])
    expect(await machine.sh(`journalctl --no-pager --output=cat --unit=${unit} --lines=10`)).toContain(
      '"msg":"stopped"',
    )
  }
})
