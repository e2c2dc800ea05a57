import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { newId } from '../../src/domain/ids.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { registerRegions } from '../../src/domain/regions.ts'
import { createLog } from '../../src/platform/log.ts'
import { epochRegister } from '../../src/region/epochRegister.ts'
import { Region } from '../../src/region/Region.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { renew } from '../../src/workers/regions/keepLeases.ts'
import { propagateState } from '../../src/workers/regions/propagateState.ts'
import { freshRedis } from '../setup/services.ts'
import type { TestRedis } from '../support/startService.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let redis: TestRedis
let eu: Region
let accountId: string

beforeAll(async () => {
  ;[worker, redis] = await Promise.all([startWorkerContext(), freshRedis()])
  const em = worker.em()
  await em.transactional((tx) => registerRegions(tx, ['eu']))
  const register = epochRegister(worker.context.orm)
  eu = new Region(
    { name: 'eu', url: redis.url, kind: 'leased', register },
    createLog('silent', { process: 'test' }),
  )
  await eu.ready(10_000)
  worker.context.regions.set('eu', eu)
  worker.context.lease = { ms: 60_000, marginMs: 0 }
  accountId = newId('account')
  const plan = { plan: 'business' as const, customLimits: {}, version: 1, createdAt: new Date() }
  em.persist(em.create(AccountSchema, { id: accountId, name: 'A', ...plan }))
  await em.flush()
})
afterAll(async () => {
  await worker.stop()
  await eu.close()
  await redis.stop()
})
beforeEach(async () => {
  await worker.em().execute('delete from command')
})

/**
 * A key was created, and `eu`, which holds no lease, has lapsed; its command was done and its outcome decided so many
 * days ago.
 */
async function lapse(days: number) {
  const [commandId, keyId] = [newId('operation'), newId('apiKey')]
  const { digest, hint } = generateSecret('pk', 'live')
  const settings = { type: 'live', access: 'full', permissions: [], allowedIps: [], expiresAt: null }
  const em = worker.em()
  em.persist(
    em.create(CommandSchema, {
      id: commandId,
      accountId,
      kind: 'create-api-key',
      payload: { keyId, digest, hint, name: 'K', metadata: {}, ...settings },
      actor: { type: 'system', id: 'test' },
      status: 'pending',
      createdAt: new Date(),
      sweepAt: new Date(),
      sweeps: 0,
    }),
  )
  await em.flush()
  const withoutEu = new Map([...worker.context.regions].filter(([name]) => name !== 'eu'))
  await handlers['create-api-key']({ ...worker.context, regions: withoutEu }, { commandId })
  await em.execute(`update region set lease_until = clock_timestamp() - interval '1 second'`)
  const job = { commandId, keyIds: [keyId], accountIds: [] }
  await propagateState(worker.context, { ...job, region: 'primary' })
  await propagateState({ ...worker.context, regions: withoutEu }, { ...job, region: 'eu' })
  await handlers['finish-command'](worker.context, { commandId })
  await em.execute(`update command set finished_at = finished_at - ? * interval '1 day' where id = ?`, [
    days,
    commandId,
  ])
  await em.execute(
    `update command_region set decided_at = decided_at - ? * interval '1 day' where command_id = ?`,
    [days, commandId],
  )
  return { digest }
}

const expire = () => handlers['expire-records'](worker.context, {})
const owed = async () => {
  const [row] = await worker
    .em()
    .execute<{ n: number }[]>(`select count(*)::int as n from command_region where confirmed_at is null`)
  return row?.n
}
const knows = async (digest: string) => (await eu.getStates([digest]))[0] !== undefined

describe('promise 3: what a lapsed region is owed', () => {
  it('is kept for longer than the command would be, while the region may hold a lease', async () => {
    await lapse(91)
    await worker.em().execute(`update region set lease_until = clock_timestamp() + interval '1 minute'`)
    await expire()
    expect(await owed()).toBe(1)
    await worker.em().execute(`update region set lease_until = clock_timestamp() - interval '1 second'`)
    expect(await renew(worker.context, eu)).toBe(true)
    expect(await owed()).toBe(0)
    await expire()
    expect(await worker.em().count(CommandSchema)).toBe(0)
  })

  it('is given up after a week, and the region begins a new epoch before its next lease', async () => {
    const known = await lapse(1)
    expect(await renew(worker.context, eu)).toBe(true)
    const before = await eu.marker()
    expect(await knows(known.digest)).toBe(true)

    await lapse(6)
    await expire()
    expect(await owed()).toBe(1)
    await lapse(8)
    await expire()
    expect(await owed()).toBe(0)
    // The connection was open all the while, and knows nothing of it.
    expect(await eu.marker()).toBe(before)
    expect(await renew(worker.context, eu)).toBe(true)
    expect(await eu.marker()).not.toBe(before)
    expect(await knows(known.digest)).toBe(false)
  })
})

describe('promise 3: what was brought to a Redis that serves the region no longer', () => {
  it('is no confirmation', async () => {
    await lapse(0)
    await worker.em().execute(`update region_epoch set marker = 'another|epoch.of' where region = 'eu'`)
    await expect(renew(worker.context, eu)).rejects.toMatchObject({ name: 'RegionUnavailable' })
    expect(await owed()).toBe(1)
    await eu.check()
    expect(await renew(worker.context, eu)).toBe(true)
    expect(await owed()).toBe(0)
  })
})
