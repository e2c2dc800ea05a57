import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { MemberSchema } from '../../src/domain/accounts/Member.ts'
import { type Actor, CommandSchema } from '../../src/domain/commands/Command.ts'
import type { CommandKind } from '../../src/domain/commands/catalogue.ts'
import { newId } from '../../src/domain/ids.ts'
import { type ApiKey, ApiKeySchema } from '../../src/domain/keys/ApiKey.ts'
import { permissionsFor } from '../../src/domain/keys/access.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { OperatorTokenSchema } from '../../src/domain/operators/OperatorToken.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let accountId: string
beforeAll(async () => {
  worker = await startWorkerContext()
  accountId = newId('account')
  const em = worker.em()
  const fields = { name: 'A', plan: 'business' as const, customLimits: {}, version: 1, createdAt: new Date() }
  em.persist(em.create(AccountSchema, { id: accountId, ...fields }))
  await em.flush()
})
afterAll(() => worker.stop())

async function storeKey(fields: Partial<ApiKey> = {}): Promise<string> {
  const { digest, hint } = generateSecret('pk', 'live')
  const id = newId('apiKey')
  const em = worker.em()
  em.persist(
    em.create(ApiKeySchema, {
      ...{
        id,
        accountId,
        digest,
        hint,
        name: 'K',
        type: 'live',
        access: 'admin',
        permissions: permissionsFor('admin'),
      },
      ...{
        allowedIps: [],
        metadata: {},
        status: 'active',
        version: 1,
        createdAt: worker.clock.now,
        createdBy: 'test',
      },
      ...fields,
    }),
  )
  await em.flush()
  return id
}

/** Runs a command that `actor` asked for, and how it ended. */
async function run(kind: CommandKind, actor: Actor, payload: object, account: string | null = accountId) {
  const id = newId('operation')
  const em = worker.em()
  const times = { createdAt: worker.clock.now, sweepAt: worker.clock.now, sweeps: 0 }
  em.persist(
    em.create(CommandSchema, { id, accountId: account, kind, payload, actor, status: 'pending', ...times }),
  )
  await em.flush()
  await handlers[kind]({ ...worker.context, regions: new Map() }, { commandId: id })
  const { status, problem } = await worker.em().findOneOrFail(CommandSchema, { id })
  return problem
    ? [problem.code, ...(problem.details.errors ?? []).map(({ field }) => field)].join(' ')
    : status
}

const newKey = (fields: object = {}) => {
  const { digest, hint } = generateSecret('pk', 'live')
  const access = { access: 'admin', permissions: permissionsFor('admin'), allowedIps: [], expiresAt: null }
  return { keyId: newId('apiKey'), digest, hint, name: 'N', type: 'live', metadata: {}, ...access, ...fields }
}
const rotation = (keyId: string, overlapSeconds = 0) => {
  const { digest, hint } = generateSecret('pk', 'live')
  return { keyId, newKeyId: newId('apiKey'), digest, hint, overlapSeconds }
}
const byKey = (id: string): Actor => ({ type: 'api_key', id })
const refused = (field: string) => `insufficient-permissions ${field}`

describe('a job compares with what its actor holds by then', () => {
  it('a key that was narrowed since it asked', async () => {
    const id = await storeKey()
    const actor = byKey(id)
    expect(await run('create-api-key', actor, newKey())).toBe('applied')
    const target = await storeKey()
    await worker.em().nativeUpdate(ApiKeySchema, { id }, { permissions: ['keys:manage', 'members:manage'] })
    const member = {
      memberId: newId('member'),
      email: `${id}@example.com`,
      name: null,
      role: 'admin',
      passwordHash: 'x',
    }
    expect(await run('create-api-key', actor, newKey())).toBe(refused('permissions'))
    expect(await run('update-api-key', actor, { keyId: target, changes: { name: 'x' } })).toBe(
      refused('permissions'),
    )
    expect(await run('rotate-api-key', actor, rotation(target))).toBe(refused('permissions'))
    expect(await run('add-member', actor, member)).toBe(refused('role'))
    expect(await run('create-api-key', actor, newKey({ permissions: ['keys:manage'] }))).toBe('applied')
  })

  it('what an edit gives, under the lock of the key', async () => {
    const actor = byKey(await storeKey({ allowedIps: ['10.0.0.0/8'] }))
    const target = await storeKey({ access: 'full', permissions: [], allowedIps: ['10.0.0.1'] })
    const edit = (changes: object) => run('update-api-key', actor, { keyId: target, changes })
    expect(await edit({ allowedIps: [] })).toBe(refused('allowedIps'))
    expect(await edit({ allowedIps: ['10.0.0.2'] })).toBe('applied')
    expect(await edit({ access: 'admin' })).toBe('applied')
  })

  it('a member who is no admin any more, and one who is gone', async () => {
    const id = newId('member')
    const em = worker.em()
    const fields = {
      email: `${id}@example.com`,
      role: 'viewer' as const,
      passwordHash: 'x',
      createdAt: worker.clock.now,
    }
    em.persist(em.create(MemberSchema, { id, accountId, ...fields }))
    await em.flush()
    const actor: Actor = { type: 'member', id }
    expect(await run('create-api-key', actor, newKey())).toMatch(/^insufficient-permissions/)
    expect(await run('update-member', actor, { memberId: id, role: 'admin' })).toMatch(
      /^insufficient-permissions/,
    )
    expect(await run('update-member', actor, { memberId: id, passwordHash: 'y' })).toBe('succeeded')
    expect(await run('create-api-key', { type: 'member', id: 'mem_gone' }, newKey())).toMatch(
      /^insufficient-permissions/,
    )
  })

  it('an operator token that is bound to addresses or expires, and asks for a service token', async () => {
    const em = worker.em()
    const store = async (fields: object) => {
      const id = newId('operatorToken')
      const { digest, hint } = generateSecret('pk', 'operator')
      const facts = { name: 'T', permissions: ['tokens:manage'], allowedIps: [], expiresAt: null } as const
      const rest = { id, digest, hint, createdAt: worker.clock.now, createdBy: 'test' }
      em.persist(em.create(OperatorTokenSchema, { ...facts, ...rest, ...fields } as never))
      await em.flush()
      return id
    }
    const create = async (fields: object) => {
      const { digest, hint } = generateSecret('pk', 'service')
      const payload = { serviceTokenId: newId('serviceToken'), name: 'S', digest, hint }
      return run('create-service-token', { type: 'operator_token', id: await store(fields) }, payload, null)
    }
    const end = new Date(worker.clock.now.getTime() + 3_600_000)
    expect(await create({ allowedIps: ['10.0.0.1'] })).toBe('insufficient-permissions')
    expect(await create({ expiresAt: end })).toBe('insufficient-permissions')
    expect(await create({})).not.toContain('insufficient')
  })

  it('operators are bound by nothing', async () => {
    expect(await run('create-api-key', { type: 'operator', id: 'root' }, newKey())).toBe('applied')
  })
})

it('an account has at most a thousand members, for GET /members lists them all', async () => {
  const full = newId('account')
  const em = worker.em()
  const fields = { name: 'Full', plan: 'free' as const, customLimits: {}, version: 1, createdAt: new Date() }
  em.persist(em.create(AccountSchema, { id: full, ...fields }))
  await em.flush()
  await em.execute(
    `insert into member (id, account_id, email, role, password_hash, created_at)
     select 'mem_full' || n, ?, n || '@full.example.com', 'viewer', 'x', now() from generate_series(1, 999) as n`,
    [full],
  )
  const add = () => {
    const memberId = newId('member')
    const member = {
      memberId,
      email: `${memberId}@example.com`,
      name: null,
      role: 'viewer',
      passwordHash: 'x',
    }
    return run('add-member', { type: 'operator', id: 'root' }, member, full)
  }
  expect(await add()).toBe('succeeded')
  expect(await add()).toBe('member-limit-reached')
})

describe('a key has one successor', () => {
  const operator: Actor = { type: 'operator', id: 'root' }

  it('also of rotations that run at once, and whatever became of it', async () => {
    for (const overlap of [0, 3_600]) {
      const old = await storeKey()
      const attempts = Array.from({ length: 5 }, () => rotation(old, overlap))
      const outcomes = await Promise.all(attempts.map((payload) => run('rotate-api-key', operator, payload)))
      expect(outcomes.sort()).toEqual(['applied', ...Array(4).fill('key-already-rotated')])
      const successors = await worker.em().find(ApiKeySchema, { rotatedFrom: old })
      expect(successors).toHaveLength(1)
      await worker.em().nativeUpdate(ApiKeySchema, { rotatedFrom: old }, { status: 'deleted' })
      expect(await run('rotate-api-key', operator, rotation(old))).toBe('key-already-rotated')
    }
  })

  it('without an expiry if the key had none, however often and with whatever overlap it goes on', async () => {
    let id = await storeKey()
    for (const overlap of [3_600, 60, 0]) {
      const payload = rotation(id, overlap)
      expect(await run('rotate-api-key', operator, payload)).toBe('applied')
      id = payload.newKeyId
      expect((await worker.em().findOneOrFail(ApiKeySchema, { id })).expiresAt).toBeNull()
    }
  })
})
