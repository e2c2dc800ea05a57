import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import type { LifecycleEvent } from '../../src/domain/events/presentEvent.ts'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { startPackagedPostgres } from '../support/packagedPostgres.ts'
import { createRandom } from '../support/random.ts'
import { startReceiver } from '../support/receivers.ts'
import { type Service, type ServiceProcess, startService } from '../support/startService.ts'

/** `DRILLS=100 bin/test test/faults/restore.test.ts` runs it as often as the release asks for. */
const DRILLS = Number(process.env.DRILLS ?? 3)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

const random = createRandom(SEED)
let postgres: Awaited<ReturnType<typeof startPackagedPostgres>>
let service: Service
let worker: ServiceProcess
let folder: string
let maintenanceUrl: string
beforeAll(async () => {
  postgres = await startPackagedPostgres()
  await postgres.orm.close()
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-drill-'))
  maintenanceUrl = Object.assign(new URL(postgres.databaseUrl), { pathname: '/template1' }).href
  service = await startService({
    apis: 2,
    env: { WEBHOOK_ALLOW_PRIVATE: 'true' },
    database: { databaseUrl: postgres.databaseUrl, drop: async () => {} },
  })
  worker = service.workers[0] as ServiceProcess
})
afterAll(async () => {
  await service?.stop()
  await postgres?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** For the command line, and not for the workers, which would make backups of their own. */
async function backup(...args: string[]): Promise<Record<string, string>> {
  Object.assign(service.env, { BACKUP_DIR: folder, BACKUP_PG_BIN: postgres.pgBin })
  try {
    return await service.cli('backup', ...args)
  } finally {
    for (const name of ['BACKUP_DIR', 'BACKUP_PG_BIN']) delete service.env[name]
  }
}

/** As after a disaster: the database is gone, and comes back as it was backed up. */
async function loseAndRestore(backupId: string): Promise<void> {
  const name = new URL(postgres.databaseUrl).pathname.slice(1)
  await runSql(maintenanceUrl, `drop database "${name}" with (force)`)
  await runSql(maintenanceUrl, `create database "${name}"`)
  await backup('restore', backupId)
}

const postgresOf = async (url: string) =>
  ((await (await fetch(`${url}/readyz`)).json()) as { checks: { postgres: string } }).checks.postgres

type Client = ReturnType<typeof createClient>

async function requireDone(answer: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await answer
  if (![200, 201, 204].includes(status))
    throw new Error(`An ending answered ${status} ${JSON.stringify(body)}`)
}

/** A key that stays, and one for everything that can end a key, with what ends it. */
async function makeKeys(operator: Client) {
  const account = await service.account()
  const [suspended, erased] = [await service.account(), await service.account()]
  const [stays, revoked, deleted, rotated, expired] = [
    await account.createKey(),
    await account.createKey(),
    await account.createKey(),
    await account.createKey(),
    await account.createKey(),
  ]
  const revoke = ({ id }: { id: string }) => requireDone(account.post(`/api-keys/${id}/revoke`))
  const endings: [string, () => Promise<void>][] = [
    [revoked.key, () => revoke(revoked)],
    [deleted.key, () => revoke(deleted).then(() => requireDone(account.delete(`/api-keys/${deleted.id}`)))],
    [rotated.key, () => requireDone(account.post(`/api-keys/${rotated.id}/rotate`, { overlapSeconds: 0 }))],
    [expired.key, () => expire(account, expired)],
    [suspended.adminKey, () => requireDone(operator.post(`/accounts/${suspended.accountId}/suspend`))],
    [erased.adminKey, () => erase(operator, erased.accountId)],
  ]
  return { account, stays, erased, endings: random.shuffle(endings) }
}

/** The key has no expiry, then one that is over. */
async function expire(account: Client, { id, key }: { id: string; key: string }): Promise<void> {
  const expiresAt = new Date(Date.now() + 1_000).toISOString()
  await requireDone(account.patch(`/api-keys/${id}`, { expiresAt }))
  await eventually(
    () => verifyAt(service.url, key),
    ({ code }) => code === 'EXPIRED',
  )
}

async function erase(operator: Client, accountId: string): Promise<void> {
  expect((await operator.delete(`/accounts/${accountId}`)).status).toBe(202)
  await untilErased(operator, accountId)
}

const untilErased = (operator: Client, accountId: string) =>
  eventually(
    () => operator.get(`/accounts/${accountId}`),
    ({ status }) => status === 404,
  )

/** What comes after step 2 of docs/operating.md: recover, and start the workers. */
async function recoverAndStart(...args: string[]): Promise<Record<string, unknown>> {
  const recovered: Record<string, unknown> = await service.cli('recover', ...args)
  worker = await service.startReadyWorker()
  return recovered
}

const verifyAt = async (url: string, key: string): Promise<{ valid?: boolean; code?: string }> =>
  (await createClient(url, service.serviceToken).post('/verify', { key })).body

/** As when a sweep has removed the states of what ended more than a day ago. */
async function forgetStates(): Promise<void> {
  const redis = new Redis(service.redis.url)
  const marker = (await redis.get('keys:region')) ?? ''
  const state = `keys:${marker.slice(marker.indexOf('|') + 1)}:`
  await redis.unlink(`${state}keys`, `${state}accounts`)
  redis.disconnect()
}

/** Asks every api for what has ended, again and again, and notes what is accepted. */
function watch(ended: ReadonlySet<string>) {
  const accepted: string[] = []
  let isOver = false
  const watching = service.apis.map(async ({ url }) => {
    while (!isOver) {
      for (const key of [...ended])
        if ((await verifyAt(url, key)).valid) accepted.push(`seed ${SEED}: …${key.slice(-4)} at ${url}`)
      await delay(20)
    }
  })
  return async () => {
    isOver = true
    await Promise.all(watching)
    return accepted
  }
}

it.each(Array.from({ length: DRILLS }, (_, drill) => drill + 1))(
  'promise 15: a restored backup brings nothing back that had ended (drill %i)',
  async () => {
    const operator = createClient(service.url, await service.operatorToken())
    const { account, stays, erased, endings } = await makeKeys(operator)
    for (const key of [stays.key, ...endings.map(([key]) => key)])
      expect((await verifyAt(service.url, key)).code).toBe('VALID')
    const ended = new Set<string>()
    const stopWatching = watch(ended)
    onTestFinished(() => void stopWatching())
    // What ends before the cut is in the backup, and what ends after it is not.
    let id = ''
    const cut = random.between(0, endings.length - 1)
    for (const [place, [key, end]] of endings.entries()) {
      if (place === cut) ({ id = '' } = await backup('now'))
      await end()
      ended.add(key)
    }
    // As docs/operating.md says: the apis go on, and the workers do not.
    await worker.end()
    await loseAndRestore(id)
    const areReady = (wanted: RegExp) =>
      Promise.all(
        service.apis.map(({ url }) =>
          eventually(
            () => postgresOf(url),
            (text) => wanted.test(text),
          ),
        ),
      )
    await areReady(/^older/)
    // A region that has forgotten them asks Postgres, and so does an api that remembers nothing.
    if (random.chance(0.5)) await forgetStates()
    for (const [key] of endings) expect((await verifyAt(service.url, key)).valid).not.toBe(true)
    expect(Number((await recoverAndStart()).entries)).toBeGreaterThan(0)
    await areReady(/^ok$/)
    for (const [key] of endings) expect((await verifyAt(service.url, key)).valid).toBe(false)
    await eventually(
      () => verifyAt(service.url, stays.key),
      ({ valid }) => valid === true,
    )
    await untilErased(operator, erased.accountId)
    // And the service goes on as before.
    expect((await account.post(`/api-keys/${stays.id}/revoke`)).status).toBe(200)
    for (const { url } of service.apis) expect((await verifyAt(url, stays.key)).valid).toBe(false)
    expect(await stopWatching()).toEqual([])
  },
)

it('recovering lists what is lost, by the events that a webhook has received', async () => {
  const operator = createClient(service.url, await service.operatorToken())
  const receiver = await startReceiver()
  onTestFinished(() => receiver.stop())
  const account = await service.account()
  expect(
    (await operator.post('/webhooks', { url: `${receiver.url}/events`, events: ['api_key.*'] })).status,
  ).toBe(201)
  const kept = await account.createKey()
  // Of other accounts it hears what the clock does, too.
  const received = () =>
    receiver.received
      .map(({ body }) => JSON.parse(body.toString()) as LifecycleEvent)
      .filter(({ accountid }) => accountid === account.accountId)
  const untilReceived = (type: string, subject: string) =>
    eventually(
      async () => received(),
      (events) => events.some((one) => one.type === type && one.subject === subject),
    )
  await untilReceived('api_key.created', kept.id)
  const { id = '' } = await backup('now')
  const lost = await account.createKey()
  await untilReceived('api_key.created', lost.id)
  await requireDone(account.patch(`/api-keys/${kept.id}`, { name: 'renamed since' }))
  await untilReceived('api_key.updated', kept.id)
  await worker.end()
  const since = received().filter(({ type, subject }) => subject === lost.id || type === 'api_key.updated')
  expect(received().length).toBeGreaterThan(since.length)
  await loseAndRestore(id)
  const file = join(folder, 'received.jsonl')
  await writeFile(file, 'not an event\n')
  await expect(service.cli('recover', '--events', file)).rejects.toThrow('--events, line 1')
  await writeFile(
    file,
    received()
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  )
  const { eventsLost } = await recoverAndStart('--events', file)
  expect(eventsLost).toEqual(
    since.map(({ id, type, time, accountid, subject }) => ({
      id,
      type,
      time,
      accountId: accountid,
      subject,
    })),
  )
  expect(since.map(({ subject }) => subject)).toEqual([lost.id, kept.id])
})
