import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { noteUse } from '../../src/domain/operators/operatorTokenStore.ts'
import { MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { openPostgres } from '../../src/platform/postgres.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let root: ReturnType<typeof createClient>
let rootId: string
beforeAll(async () => {
  service = await startService({ apis: 2 })
  const made = await service.cli('operator-token', 'create', '--name', 'Everything')
  rootId = made.id ?? ''
  root = createClient(service.url, made.token ?? '')
})
afterAll(() => service.stop())

const asked = <More extends object>(more: More = {} as More) => ({
  name: 'Sign-up',
  permissions: ['accounts:write'],
  ...more,
})
const clientOf = (token: string, url = service.url) => createClient(url, token)

describe('operator tokens', () => {
  it('are shown once, in the format of keys, and stored as a digest', async () => {
    const { status, body } = await root.post('/operator-tokens', asked())
    expect(status).toBe(201)
    expect(body.token).toMatch(/^pk_operator_[0-9A-Za-z]{38}$/)
    expect(body).toMatchObject({
      name: 'Sign-up',
      permissions: ['accounts:write'],
      allowedIps: [],
      hint: body.token.slice(-4),
      createdBy: rootId,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    })
    const { body: list } = await root.get('/operator-tokens')
    expect(list.operatorTokens[0]).toEqual({ ...body, token: undefined })
    expect(JSON.stringify(list)).not.toContain(body.token)
  })

  it('promise 13: a revoked one is refused by every api once the revocation is answered', async () => {
    for (let round = 0; round < 20; round++) {
      const { body } = await root.post('/operator-tokens', asked({ permissions: ['accounts:read'] }))
      const both = service.apis.map(({ url }) => clientOf(body.token, url))
      for (const client of both) expect((await client.get('/accounts')).status).toBe(200)
      expect((await root.delete(`/operator-tokens/${body.id}`)).status).toBe(204)
      const after = await Promise.all(both.map((client) => client.get('/accounts')))
      expect(after.map(({ status, body: { type } }) => [status, type.split('/').at(-1)])).toEqual([
        [401, 'invalid-operator-token'],
        [401, 'invalid-operator-token'],
      ])
    }
  })

  it('say when they were last used, to the minute; a refused call is no use', async () => {
    const make = async (more: object) =>
      (await root.post('/operator-tokens', asked({ permissions: ['accounts:read'], ...more }))).body
    const [used, elsewhere] = [await make({}), await make({ allowedIps: ['203.0.113.7'] })]
    const uses = async () => {
      const { operatorTokens } = (await root.get('/operator-tokens')).body
      const of = ({ id }: { id: string }) =>
        operatorTokens.find((token: { id: string }) => token.id === id).lastUsedAt
      return [of(used), of(elsewhere)]
    }
    expect(await uses()).toEqual([null, null])
    expect((await clientOf(elsewhere.token).get('/accounts')).status).toBe(403)
    expect((await clientOf(used.token).get('/accounts')).status).toBe(200)
    const [first] = await eventually(uses, ([at]) => at !== null)
    const orm = await openPostgres(service.databaseUrl)
    try {
      const at = (ms: number) => new Date(Date.parse(first) + ms)
      const noted = async (ms: number) => {
        await noteUse(orm.em.fork(), used.id, at(ms))
        return uses()
      }
      expect(await noted(MINUTE)).toEqual([first, null])
      expect(await noted(MINUTE + 1)).toEqual([at(MINUTE + 1).toISOString(), null])
    } finally {
      await orm.close()
    }
  })

  it('do only what their permissions say', async () => {
    const { body } = await root.post('/operator-tokens', asked({ permissions: ['accounts:read'] }))
    const reader = clientOf(body.token)
    expect((await reader.get('/accounts')).status).toBe(200)
    for (const [refused, permission] of [
      [await reader.post('/accounts', { name: 'A' }), 'accounts:write'],
      [await reader.get('/operator-tokens'), 'tokens:manage'],
      [await reader.get('/api-keys', { headers: { 'X-Account-Id': 'acct_none' } }), 'act'],
    ] as const)
      expect(refused).toMatchObject({ status: 403, body: { requiredPermission: permission } })
  })

  it('promise 10: hand on nothing beyond what they hold: permissions, addresses, lifetime', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const held = asked({
      permissions: ['tokens:manage', 'accounts:read'],
      allowedIps: ['127.0.0.0/8'],
      expiresAt,
    })
    const maker = clientOf((await root.post('/operator-tokens', held)).body.token)
    const fieldsOf = async (more: object) => {
      const { status, body } = await maker.post('/operator-tokens', { ...held, ...more })
      return [status, ...(body.errors ?? []).map(({ field }: { field: string }) => field)]
    }
    expect(await fieldsOf({ permissions: ['accounts:read', 'act'] })).toEqual([403, 'permissions'])
    expect(await fieldsOf({ allowedIps: [] })).toEqual([403, 'allowedIps'])
    expect(await fieldsOf({ allowedIps: ['10.0.0.1'] })).toEqual([403, 'allowedIps'])
    expect(await fieldsOf({ expiresAt: null })).toEqual([403, 'expiresAt'])
    const inherited = await maker.post('/operator-tokens', { name: 'The same' })
    expect(inherited).toMatchObject({
      status: 201,
      body: { permissions: held.permissions, allowedIps: held.allowedIps, expiresAt },
    })
  })

  it('promise 10: create no service token, which has neither bound, while they have one', async () => {
    for (const bound of [{ allowedIps: ['127.0.0.0/8'] }, { expiresAt: '2999-01-01T00:00:00Z' }]) {
      const { body } = await root.post(
        '/operator-tokens',
        asked({ permissions: ['tokens:manage'], ...bound }),
      )
      const refused = await clientOf(body.token).post('/service-tokens', { name: 'Render API' })
      expect(refused).toMatchObject({ status: 403, body: { missing: [expect.any(String)] } })
    }
    const { body } = await root.post('/operator-tokens', asked({ permissions: ['tokens:manage'] }))
    expect((await clientOf(body.token).post('/service-tokens', { name: 'Render API' })).status).toBe(201)
  })

  it('hold where they may come from, and until when', async () => {
    const elsewhere = await root.post('/operator-tokens', asked({ allowedIps: ['203.0.113.7'] }))
    expect(await clientOf(elsewhere.body.token).post('/accounts', { name: 'A' })).toMatchObject({
      status: 403,
      body: { title: 'IP address not allowed' },
    })
    const ended = await root.post('/operator-tokens', asked({ expiresAt: '2020-01-01T00:00:00Z' }))
    expect((await clientOf(ended.body.token).post('/accounts', { name: 'A' })).status).toBe(401)
  })

  it('are refused where they are unknown, and where another kind of secret stands', async () => {
    const account = await service.account()
    for (const secret of [generateSecret('pk', 'operator').value, account.adminKey, service.serviceToken])
      expect((await clientOf(secret).get('/accounts')).status).toBe(401)
    expect((await fetch(`${service.url}/accounts`)).status).toBe(401)
    expect((await root.post('/verify', { key: account.adminKey })).status).toBe(401)
  })

  it('a repeated Idempotency-Key shows the same token; another token’s key is another', async () => {
    const headers = { 'Idempotency-Key': 'once' }
    const [first, again] = [
      await root.post('/operator-tokens', asked(), { headers }),
      await root.post('/operator-tokens', asked(), { headers }),
    ]
    expect([again.status, again.body.token]).toEqual([201, first.body.token])
    const other = clientOf((await root.post('/operator-tokens', { name: 'Other' })).body.token)
    const theirs = await other.post('/operator-tokens', asked({ name: 'Another body' }), { headers })
    expect(theirs.status).toBe(201)
  })

  it('bin/keys lists and revokes them', async () => {
    const made = await service.cli(
      'operator-token',
      'create',
      '--name',
      'CLI',
      '--permissions',
      'accounts:read',
    )
    const client = clientOf(made.token ?? '')
    expect((await client.get('/accounts')).status).toBe(200)
    const listed = (await service.cli('operator-token', 'list')) as unknown as Record<string, unknown>[]
    expect(listed.at(-1)).toMatchObject({ id: made.id, name: 'CLI', permissions: ['accounts:read'] })
    expect(JSON.stringify(listed)).not.toContain(made.token)
    expect((await service.cli('operator-token', 'revoke', made.id ?? '')).revokedAt).toEqual(
      expect.any(String),
    )
    expect((await client.get('/accounts')).status).toBe(401)
    for (const [option, value, reason] of [
      ['--permissions', 'all', 'all'],
      ['--allowed-ips', 'here', 'here'],
      ['--expires-at', 'soon', '--expires-at must be an ISO 8601 time'],
    ] as const)
      await expect(service.cli('operator-token', 'create', '--name', 'A', option, value)).rejects.toThrow(
        reason,
      )
  })

  it('bad input names the field', async () => {
    const fieldsOf = async (body: object) =>
      (await root.post('/operator-tokens', body)).body.errors.map(({ field }: { field: string }) => field)
    expect(await fieldsOf({})).toEqual(['name'])
    expect(await fieldsOf(asked({ permissions: ['everything'] }))).toEqual(['permissions[0]'])
    expect(await fieldsOf(asked({ allowedIps: ['here'] }))).toEqual(['allowedIps[0]'])
    expect(await fieldsOf(asked({ expiresAt: 'soon' }))).toEqual(['expiresAt'])
    expect((await root.delete('/operator-tokens/optok_none')).status).toBe(404)
  })
})
