import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { newId } from '../../src/domain/ids.ts'
import { type ApiKey, ApiKeySchema } from '../../src/domain/keys/ApiKey.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { readKeyStates } from '../../src/domain/keys/keyState.ts'
import { listLiving } from '../../src/domain/keys/livingStates.ts'
import { HOUR_MS as HOUR } from '../../src/domain/time.ts'
import { fill } from '../../src/region/fill.ts'
import { sweepStates } from '../../src/region/sweepStates.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { writeStates } from '../../src/workers/regions/bringState.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

const ago = (hours: number) => new Date(Date.now() - hours * HOUR)

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())

async function createAccount(): Promise<string> {
  const em = worker.em()
  const id = newId('account')
  const plan = { plan: 'business' as const, customLimits: {}, version: 1, createdAt: new Date() }
  em.persist(em.create(AccountSchema, { id, name: 'A', ...plan }))
  await em.flush()
  return id
}

/** A key whose state the region has. */
async function createKey(accountId: string, more: Partial<ApiKey> = {}) {
  const em = worker.em()
  const { digest, hint } = generateSecret('pk', 'live')
  const id = newId('apiKey')
  em.persist(
    em.create(ApiKeySchema, {
      id,
      accountId,
      name: 'K',
      type: 'live',
      access: 'full',
      permissions: [],
      allowedIps: [],
      metadata: {},
      status: 'active',
      digest,
      hint,
      version: 1,
      createdAt: ago(100),
      createdBy: { type: 'system', id: 'test' },
      ...more,
    } as never),
  )
  await em.flush()
  await writeStates(worker.context, worker.region, { keyIds: [id], accountIds: [] }, [])
  return { id, digest }
}

const sweep = () => handlers['sweep-region-states'](worker.context, { region: 'primary' })
const present = async (...keys: { digest: string }[]) =>
  (await worker.region.getStates(keys.map(({ digest }) => digest))).map((state) => state?.key.status)
const revoke = (id: string, at: Date) =>
  worker
    .em()
    .execute(`update api_key set status = 'revoked', version = version + 1, revoked_at = ? where id = ?`, [
      at,
      id,
    ])
const field = async (name: string) => {
  const [, epoch] = (await worker.region.marker()).split('|')
  return (id: string) => worker.region.redis.hexists(`keys:${epoch}:${name}`, id)
}

describe('states of keys that ended', () => {
  it('leave a region after a day, with the account that has no other; what is asked for comes back as Postgres has it', async () => {
    const [account, over] = [await createAccount(), await createAccount()]
    const kept = [
      await createKey(account),
      await createKey(account, { expiresAt: ago(-1) }),
      await createKey(account, { expiresAt: ago(23) }),
      await createKey(account, { status: 'revoked', revokedAt: ago(23) }),
    ]
    const gone = [
      await createKey(account, { expiresAt: ago(25) }),
      await createKey(account, { status: 'revoked', revokedAt: ago(25) }),
      await createKey(over, { status: 'deleted', revokedAt: ago(25) }),
    ]
    await sweep()
    expect(await present(...kept)).toEqual(['active', 'active', 'active', 'revoked'])
    expect(await present(...gone)).toEqual([undefined, undefined, undefined])
    const hasAccount = await field('accounts')
    expect([await hasAccount(account), await hasAccount(over)]).toEqual([1, 0])
    await fill(worker.region, () =>
      readKeyStates(worker.em(), 'digest', [gone[1]?.digest ?? ''], worker.context.now()),
    )
    expect(await present(...gone)).toEqual([undefined, 'revoked', undefined])
  })

  it('promise 3: a fill that was read before the revocation brings nothing back, however late it arrives', async () => {
    const key = await createKey(await createAccount())
    const before = await worker.region.beforeFill()
    const states = await readKeyStates(worker.em(), 'id', [key.id], worker.context.now())
    await revoke(key.id, ago(25))
    await writeStates(worker.context, worker.region, { keyIds: [key.id], accountIds: [] }, [])
    expect(await present(key)).toEqual(['revoked'])
    await sweep()
    expect(await present(key)).toEqual([undefined])
    expect(await worker.region.putStates(states, before)).toBe(false)
    expect(await present(key)).toEqual([undefined])
  })

  it('a fill under way is read again', async () => {
    const key = await createKey(await createAccount(), { status: 'revoked', revokedAt: ago(25) })
    const other = await createKey(await createAccount())
    let reads = 0
    await fill(worker.region, async () => {
      reads += 1
      if (reads === 1) await sweep()
      return readKeyStates(worker.em(), 'id', [other.id], worker.context.now())
    })
    expect([reads, await present(key, other)]).toEqual([2, [undefined, 'active']])
  })

  it('are removed page by page, and the next turn goes on where the last one ended', async () => {
    const account = await createAccount()
    await createKey(account)
    // More than Redis keeps as a list, which it would scan as a whole.
    for (let count = 0; count < 30; count++) {
      const pipeline = worker.region.redis.pipeline()
      const [, epoch] = (await worker.region.marker()).split('|')
      for (let at = 0; at < 100; at++) pipeline.hset(`keys:${epoch}:keys`, `gone-${count}-${at}`, 1)
      await pipeline.exec()
    }
    const living = (ids: string[]) => listLiving(worker.em(), 'keys', ids, worker.context.now())
    const turns: number[] = []
    while (turns.length < 50 && turns.reduce((sum, one) => sum + one, 0) < 3_000)
      turns.push(await sweepStates(worker.region, 'keys', living, 1))
    expect(turns.length).toBeGreaterThan(2)
    expect(turns.reduce((sum, one) => sum + one, 0)).toBe(3_000)
  })
})
