import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { newId } from '../../src/domain/ids.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { registerRegions } from '../../src/domain/regions.ts'
import { MINUTE_MS } from '../../src/domain/time.ts'
import { createLog } from '../../src/platform/log.ts'
import { epochRegister } from '../../src/region/epochRegister.ts'
import { Region } from '../../src/region/Region.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { renew } from '../../src/workers/regions/keepLeases.ts'
import { propagateState } from '../../src/workers/regions/propagateState.ts'
import { freshRedis } from '../setup/services.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import type { TestRedis } from '../support/startService.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let redis: TestRedis
let proxy: FlakyProxy
let eu: Region
let accountId: string

/** A worker that reaches the region `eu` by a proxy. */
beforeAll(async () => {
  ;[worker, redis] = await Promise.all([startWorkerContext(), freshRedis()])
  proxy = await startFlakyProxy(redis.port)
  const url = `redis://127.0.0.1:${proxy.port}`
  const em = worker.em()
  await em.transactional((tx) => registerRegions(tx, ['eu']))
  const register = epochRegister(worker.context.orm)
  eu = new Region({ name: 'eu', url, kind: 'leased', register }, createLog('silent', { process: 'test' }))
  await eu.ready(10_000)
  worker.context.regions.set('eu', eu)
  worker.context.lease = { ms: MINUTE_MS, marginMs: 0 }
  accountId = newId('account')
  const createdAt = new Date()
  em.persist(
    em.create(AccountSchema, {
      id: accountId,
      name: 'A',
      plan: 'business',
      customLimits: {},
      version: 1,
      createdAt,
    }),
  )
  await em.flush()
})
afterAll(async () => {
  await worker.stop()
  await eu.close()
  await proxy.close()
  await redis.stop()
})

/** A key was created, and `eu`, whose last lease ends after so long, has not heard of it. */
async function owe(leaseMs: number) {
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
  await handlers['create-api-key']({ ...worker.context, regions: new Map() }, { commandId })
  await em.execute(`update region set lease_until = clock_timestamp() + ? * interval '1 millisecond'`, [
    leaseMs,
  ])
  return { commandId, region: 'eu', keyIds: [keyId], accountIds: [] }
}

const seen = async ({ commandId }: { commandId: string }) => {
  const [row] = await worker
    .em()
    .execute<{ outcome: string | null; confirmed: boolean }[]>(
      `select outcome, confirmed_at is not null as confirmed from command_region where command_id = ? and region = 'eu'`,
      [commandId],
    )
  return row
}

const waitsForLock = async () => {
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  return (await worker.em().execute(waiting)).length > 0
}

describe('a further region that says nothing', () => {
  it('has lapsed once its lease is over, while what was sent is on its way; when that arrives, it is recorded', async () => {
    const job = await owe(-1)
    proxy.hold('requests', 'answers')
    await propagateState(worker.context, job)
    expect(await seen(job)).toEqual({ outcome: 'lapsed', confirmed: false })
    proxy.mend()
    await eventually(
      () => seen(job),
      (row) => row?.confirmed === true,
    )
    expect(await seen(job)).toEqual({ outcome: 'lapsed', confirmed: true })
  })

  it('is waited for while its lease runs, and has confirmed when it answers after all', async () => {
    const job = await owe(MINUTE_MS)
    proxy.hold('answers')
    let bringing = Promise.resolve()
    await worker.em().transactional(async (em) => {
      await em.execute('select 1 from region for update')
      bringing = propagateState(worker.context, job)
      // Then it looks at the lease.
      await eventually(waitsForLock, (waiting) => waiting)
    })
    expect(await seen(job)).toEqual({ outcome: null, confirmed: false })
    proxy.mend()
    await bringing
    expect(await seen(job)).toEqual({ outcome: 'confirmed', confirmed: true })
  })
})

/**
 * Gives a lease while a command is committed just before Postgres is asked whether the region may have one.
 * `afterwards` runs once Postgres has refused.
 */
const renewBeside = (
  leaseMs: number,
  meanwhile: (job: Awaited<ReturnType<typeof owe>>) => unknown,
  afterwards: () => void = () => {},
) => {
  const now = async () => {
    const since = await eu.now()
    await meanwhile(await owe(leaseMs))
    return since
  }
  const check = () => {
    afterwards()
    return eu.check()
  }
  const beside = (_: Region, name: string | symbol) =>
    name === 'now' ? now : name === 'check' ? check : bound(name)
  return renew(worker.context, new Proxy(eu, { get: beside }))
}
const bound = (name: string | symbol) => {
  const value = Reflect.get(eu, name, eu)
  return typeof value === 'function' ? value.bind(eu) : value
}

describe('a lease', () => {
  it('is given while commands keep coming, before each has arrived', async () => {
    let job: Awaited<ReturnType<typeof owe>> | undefined
    expect(await renewBeside(MINUTE_MS, (it) => (job = it))).toBe(true)
    expect(job && (await seen(job))).toEqual({ outcome: null, confirmed: false })
    expect(await renew(worker.context, eu)).toBe(true)
    expect(job && (await seen(job))).toEqual({ outcome: 'confirmed', confirmed: true })
  })

  it('promise 3: is not given while a command that lapsed there has not arrived', async () => {
    const lapses = async (job: Awaited<ReturnType<typeof owe>>) => {
      proxy.hold('requests', 'answers')
      await propagateState(worker.context, job)
    }
    // What is on its way stays there until Postgres has been asked: what has arrived stops no lease.
    await expect(renewBeside(-1, lapses, () => proxy.mend())).rejects.toThrow('still owed')
    expect(await renew(worker.context, eu)).toBe(true)
  })

  it('promise 3: is counted from before Postgres was asked what the region is owed, however long that takes', async () => {
    let renewing: Promise<boolean> = Promise.resolve(false)
    let asked = 0
    await worker.em().transactional(async (em) => {
      await em.execute('select 1 from region for update')
      renewing = renew(worker.context, eu)
      await eventually(waitsForLock, (waiting) => waiting)
      asked = await eu.now()
      // The region's clock goes on meanwhile.
      await eventually(
        () => eu.now(),
        (now) => now > asked,
      )
    })
    expect(await renewing).toBe(true)
    const [, epoch] = (await eu.marker()).split('|')
    const until = Number(await eu.redis.get(`keys:${epoch}:lease`))
    expect(until).toBeGreaterThan(MINUTE_MS)
    expect(until).toBeLessThanOrEqual(asked + MINUTE_MS)
  })
})
