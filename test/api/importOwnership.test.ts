import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { type Account, createImporter, newValue, record, sha256 } from '../support/createImporter.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService({ apis: 2 })
})
afterAll(() => service.stop())

const sendRecords = (account: Account, records: object[], query = '') =>
  createImporter(service).sendRecords(account, records, query)
const slugOf = ({ body }: { body: { type?: string } }) => body.type?.split('/').at(-1)
/** What each api process says of a value. */
const verify = (key: string) =>
  Promise.all(
    service.apis.map(async ({ url }) => {
      const { body } = await createClient(url, service.serviceToken).post('/verify', { key })
      return [body.code, body.accountId]
    }),
  )
const actionsOf = async (account: Account) =>
  (await account.get('/audit-log')).body.entries.map(({ action }: { action: string }) => action)

it('promise 10: an operator decides which accounts import; the command line imports into any', async () => {
  const account = await service.account()
  expect(await service.cli('imports', 'refuse', account.accountId)).toMatchObject({ importsAllowed: false })
  for (const query of ['', '?dryRun=true']) {
    const refused = await sendRecords(account, [record(newValue())], query)
    expect([refused.status, slugOf(refused)]).toEqual([403, 'imports-not-allowed'])
    expect(refused.body.detail).toContain(`bin/keys imports allow ${account.accountId}`)
  }
  const value = newValue()
  const args = ['account', 'import', account.accountId, '-', '--json']
  const byOperator = await createImporter(service).cli(args, JSON.stringify(record(value)))
  expect(JSON.parse(byOperator.stdout)).toMatchObject({ imported: 1 })
  expect(await verify(value)).toEqual(service.apis.map(() => ['VALID', account.accountId]))
  await service.cli('imports', 'allow', account.accountId)
  expect((await sendRecords(account, [record(newValue())])).body).toMatchObject({ imported: 1 })
  expect(await actionsOf(account)).toEqual(
    expect.arrayContaining(['account.imports-refused', 'account.imports-allowed']),
  )
})

describe('promise 8: a key that another account has imported', () => {
  it('is moved by an operator to the account that owns it, whatever has become of it', async () => {
    const [owner, thief] = await Promise.all([service.account(), service.account()])
    const value = newValue()
    const { body: stolen } = await sendRecords(thief, [record(value, { name: 'Not mine' })])
    expect(await verify(value)).toEqual(service.apis.map(() => ['VALID', thief.accountId]))
    const { body: refused } = await sendRecords(owner, [record(value)])
    expect(refused.errors).toMatchObject([
      { code: 'hash-not-importable', message: expect.stringMatching(/ask the operator .* to move it/) },
    ])
    expect(JSON.stringify(refused)).not.toContain(thief.accountId)

    const keyId = stolen.keys[0].id
    expect(await service.cli('imports', 'find', sha256(value))).toMatchObject({
      accountId: thief.accountId,
      keyId,
    })
    const moved = await service.cli('imports', 'move', sha256(value), owner.accountId)
    expect(moved).toMatchObject({ moved: true, accountId: owner.accountId, fromAccountId: thief.accountId })
    expect(await verify(value)).toEqual(service.apis.map(() => ['VALID', owner.accountId]))
    expect((await owner.get(`/api-keys/${moved.keyId}`)).body).toMatchObject({
      status: 'active',
      metadata: {},
    })
    expect((await thief.get(`/api-keys/${keyId}`)).body).toMatchObject({ status: 'revoked' })
    expect(await actionsOf(owner)).toContain('api-key.moved-in')
    expect(await actionsOf(thief)).toContain('api-key.moved-out')
    for (const path of ['/audit-log', `/api-keys/${keyId}`])
      expect(JSON.stringify((await thief.get(path)).body)).not.toContain(owner.accountId)

    // Deleting what is left of it changes nothing, and moving it again neither.
    await thief.delete(`/api-keys/${keyId}`)
    expect(await service.cli('imports', 'move', sha256(value), owner.accountId)).toMatchObject({
      moved: false,
    })
    expect(await verify(value)).toEqual(service.apis.map(() => ['VALID', owner.accountId]))

    await owner.post(`/api-keys/${moved.keyId}/revoke`)
    await owner.delete(`/api-keys/${moved.keyId}`)
    expect(await verify(value)).toEqual(service.apis.map(() => ['NOT_FOUND', undefined]))
    await service.cli('imports', 'move', sha256(value), thief.accountId)
    expect(await verify(value)).toEqual(service.apis.map(() => ['VALID', thief.accountId]))
  })

  it('is moved only if it was imported, and only where the plan has room', async () => {
    const [free, other] = await Promise.all([service.account('free'), service.account()])
    const created = await other.createKey()
    const move = (value: string) => service.cli('imports', 'move', sha256(value), free.accountId)
    await expect(move(created.key)).rejects.toThrow('No imported key has this hash.')
    await free.createKey()
    const value = newValue()
    await sendRecords(other, [record(value)])
    await expect(move(value)).rejects.toThrow()
    expect(await verify(value)).toEqual(service.apis.map(() => ['VALID', other.accountId]))
  })

  it('gives its hash back once it is deleted, unless it was ever used', async () => {
    const [owner, blocker] = await Promise.all([service.account(), service.account()])
    const [unused, used] = [newValue(), newValue()]
    const { body } = await sendRecords(blocker, [record(unused), record(used)])
    for (const { id } of body.keys) {
      await blocker.post(`/api-keys/${id}/revoke`)
      await blocker.delete(`/api-keys/${id}`)
    }
    // Every process has seen that it is deleted.
    expect(await verify(unused)).toEqual(service.apis.map(() => ['NOT_FOUND', undefined]))
    const codes = async () =>
      (await sendRecords(owner, [record(unused), record(used)])).body.errors.map(
        ({ code }: { code: string }) => code,
      )
    expect(await codes()).toEqual(['hash-not-importable', 'hash-not-importable'])
    await runSql(
      service.databaseUrl,
      `update api_key set revoked_at = now() - interval '61 minutes' where account_id = '${blocker.accountId}'`,
      `insert into api_key_use (key_id, last_used_at) values ('${body.keys[1].id}', now())`,
    )
    expect(await codes()).toEqual(['hash-not-importable'])
    expect(await verify(unused)).toEqual(service.apis.map(() => ['VALID', owner.accountId]))
    expect(await verify(used)).toEqual(service.apis.map(() => ['NOT_FOUND', undefined]))
  })
})

it('promise 12: a declared prefix and length keep values of other forms from being looked up', async () => {
  const own = await startService()
  try {
    const account = await own.account()
    const value = newValue('sk_form_')
    const query = `?prefix=sk_form_&length=${value.length}`
    const answer = await createImporter(own).sendRecords(account, [record(value)], query)
    expect(answer.body).toMatchObject({ imported: 1 })
    const codeOf = async (key: string) => (await own.server.post('/verify', { key })).body.code
    expect(await codeOf(value)).toBe('VALID')
    // With Redis gone, only what needs no look-up is still told.
    await own.redis.kill()
    const other = async (key: string) => (await own.server.as(key).get('/forward-auth')).status
    expect(await other(newValue('sk_other_'))).toBe(401)
    expect(await other(`${value}x`)).toBe(401)
    expect(await other(newValue('sk_form_'))).toBe(503)
  } finally {
    await own.stop()
  }
})
