import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { createVerifier } from '../../src/verifier/createVerifier.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let operator: ReturnType<typeof createClient>
type Account = Awaited<ReturnType<Service['account']>>
let mine: Account
let theirs: Account
beforeAll(async () => {
  service = await startService()
  operator = createClient(service.url, await service.operatorToken())
  ;[mine, theirs] = [await service.account(), await service.account()]
})
afterAll(() => service.stop())

const create = async (more: object = {}) => {
  const { status, body } = await operator.post('/service-tokens', { name: 'Render API', ...more })
  expect(status).toBe(201)
  return { ...body, ...createClient(service.url, body.token) }
}
const report = (keyId: string, more: object = {}) => ({
  events: [{ id: crypto.randomUUID(), at: new Date().toISOString(), keyId, status: 200, ...more }],
})
const slug = ({ status, body }: { status: number; body: { type: string } }) =>
  `${status} ${body.type?.split('/').at(-1)}`

describe('service tokens', () => {
  it('are shown once, in the format of keys, and stored as a digest', async () => {
    const { status, body } = await operator.post('/service-tokens', { name: 'Render API' })
    expect(status).toBe(201)
    expect(body.token).toMatch(/^pk_service_[0-9A-Za-z]{38}$/)
    const { token, ...shown } = body
    expect(shown).toEqual({
      id: expect.stringMatching(/^svc_/),
      name: 'Render API',
      permissions: ['verify', 'report'],
      accountIds: null,
      hint: token.slice(-4),
      createdAt: expect.any(String),
      revokedAt: null,
    })
    const { body: list } = await operator.get('/service-tokens')
    expect(list.serviceTokens[0]).toEqual(shown)
    expect(JSON.stringify(list)).not.toContain(token)
  })

  it('do only what their permissions say', async () => {
    const { id, key } = await mine.createKey()
    const verifier = await create({ permissions: ['verify'] })
    const reporter = await create({ permissions: ['report'] })
    expect((await verifier.post('/verify', { key })).body.code).toBe('VALID')
    expect((await reporter.post('/usage/events', report(id))).status).toBe(202)
    for (const [refused, permission] of [
      [await reporter.post('/verify', { key }), 'verify'],
      [await verifier.post('/usage/events', report(id)), 'report'],
    ] as const)
      expect(refused).toMatchObject({ status: 403, body: { requiredPermission: permission } })
  })

  it('promise 8: to a token that is bound to accounts, another account’s key does not exist', async () => {
    const bound = await create({ accountIds: [mine.accountId] })
    const [own, foreign] = [await mine.createKey(), await theirs.createKey()]
    expect((await bound.post('/verify', { key: own.key })).body.code).toBe('VALID')
    const unknown = await bound.post('/verify', { key: `${own.key.slice(0, -1)}~` })
    expect(unknown.body.code).toBe('NOT_FOUND')
    // Known to the process or not, with and without an Idempotency-Key.
    for (const headers of [{}, {}, { 'Idempotency-Key': 'once' }, { 'Idempotency-Key': 'once' }]) {
      const answer = await bound.post('/verify', { key: foreign.key, ip: '192.0.2.1' }, { headers })
      expect(answer.body).toEqual({ valid: false, code: 'NOT_FOUND', requestId: expect.any(String) })
      await service.server.post('/verify', { key: foreign.key })
    }
    const answers = [
      await bound.post('/usage/events', report(foreign.id)),
      await bound.post('/usage/events', report('key_none')),
    ].map(({ status, body }) => [status, body.detail, body.errors])
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]?.[0]).toBe(400)
    expect((await bound.post('/usage/events', report(own.id))).body).toEqual({ accepted: 1, duplicates: 0 })
  })

  it('promise 8: one that is bound to accounts takes no event IDs of another with its name', async () => {
    const [own, foreign] = [await mine.createKey(), await theirs.createKey()]
    const bound = await create({ accountIds: [mine.accountId] })
    const free = await create()
    const [event] = report(foreign.id).events
    await bound.post('/usage/events', { events: [{ ...event, keyId: own.id }] })
    expect((await free.post('/usage/events', { events: [event] })).body.accepted).toBe(1)
  })

  it('promise 13: a revoked one is refused whatever it asks: valid, malformed, unknown, repeated, reported', async () => {
    const { id: keyId, key } = await mine.createKey()
    const once = { headers: { 'Idempotency-Key': crypto.randomUUID() } }
    const events = report(keyId)
    const asked = (token: Awaited<ReturnType<typeof create>>) => [
      token.post('/verify', { key }),
      token.post('/verify', { key: 'pk_live_typo' }),
      token.post('/verify', { key: generateSecret('pk', 'live').value }),
      token.post('/verify', { key }, once),
      token.post('/usage/events', report(keyId)),
      token.post('/usage/events', events, once),
    ]
    for (let round = 0; round < 5; round++) {
      const token = await create()
      for (const { status } of await Promise.all(asked(token))) expect([200, 202]).toContain(status)
      expect((await operator.delete(`/service-tokens/${token.id}`)).status).toBe(204)
      for (const answer of await Promise.all(asked(token)))
        expect(slug(answer)).toBe('401 invalid-service-token')
      expect((await operator.delete(`/service-tokens/${token.id}`)).status).toBe(204)
    }
  })

  it('promise 13: a library refuses with it at once, and drops its reports', async () => {
    const { id, key } = await mine.createKey()
    const { id: tokenId, token } = await create()
    const errors: unknown[] = []
    const library = createVerifier({
      redisUrl: service.redis.url,
      serviceToken: token,
      onError: (error) => errors.push(error),
    })
    try {
      await library.ready()
      const admitted = await library.verify({ value: key })
      expect(admitted.code).toBe('VALID')
      await operator.delete(`/service-tokens/${tokenId}`)
      for (const value of [key, 'pk_live_typo'])
        await expect(library.verify({ value })).rejects.toThrow('service token is not valid')
      library.report(admitted, { status: 418 })
      await eventually(
        async () => library.droppedReports,
        (dropped) => dropped === 1,
      )
      const { body } = await mine.get(`/api-keys/${id}/usage`)
      expect(body.windows['24h'].clientErrors).toBe(0)
      expect(errors.map((error) => (error as Error).name)).toContain('ServiceTokenRefused')
    } finally {
      await library.close(1_000)
    }
  })

  it('a library with a token that is bound, or lacks a permission, is held to it', async () => {
    const foreign = await theirs.createKey()
    const { token } = await create({ accountIds: [mine.accountId], permissions: ['verify'] })
    const reports = await create({ permissions: ['report'] })
    const open = (serviceToken: string) =>
      createVerifier({ redisUrl: service.redis.url, serviceToken, onError: () => {} })
    const [bound, reporter] = [open(token), open(reports.token)]
    try {
      expect((await bound.verify({ value: foreign.key })).code).toBe('NOT_FOUND')
      const admitted = await bound.verify({ value: (await mine.createKey()).key })
      bound.report(admitted, { status: 200 })
      await eventually(
        async () => bound.droppedReports,
        (dropped) => dropped === 1,
      )
      await expect(reporter.verify({ value: foreign.key })).rejects.toThrow('lacks the permission "verify"')
    } finally {
      await Promise.all([bound.close(1_000), reporter.close(1_000)])
    }
  })

  it('the operators’ audit log says who made and revoked tokens; bin/keys does the same', async () => {
    const made = await create({ permissions: ['verify'], accountIds: [mine.accountId] })
    await operator.delete(`/service-tokens/${made.id}`)
    const cli = await service.cli(
      'service-token',
      'create',
      ...['--name', 'CLI', '--permissions', 'report', '--accounts', mine.accountId],
    )
    const client = createClient(service.url, cli.serviceToken ?? '')
    expect((await client.post('/verify', { key: 'x' })).status).toBe(403)
    const revoked = await service.cli('service-token', 'revoke', cli.serviceTokenId ?? '')
    expect(revoked.fanOut).toMatchObject({ regions: [{ region: 'primary', outcome: 'confirmed' }] })
    expect((await client.post('/usage/events', report('key_none'))).status).toBe(401)
    const entries = (await service.cli('audit-log')) as unknown as Record<string, unknown>[]
    const of = (id: string) => entries.filter(({ targetId }) => targetId === id).reverse()
    expect(of(made.id)).toMatchObject([
      {
        action: 'service-token.created',
        actor: { type: 'operator_token' },
        details: { permissions: ['verify'], accountIds: [mine.accountId] },
      },
      { action: 'service-token.revoked', actor: { type: 'operator_token', ip: expect.any(String) } },
      {
        action: 'service-token.revocation-complete',
        details: { regions: [expect.objectContaining({ outcome: 'confirmed' })] },
      },
    ])
    expect(of(cli.serviceTokenId ?? '').map(({ actor }) => (actor as { type: string }).type)).toEqual([
      'operator',
      'operator',
      'operator',
    ])
    const token = await operator.post('/operator-tokens', { name: 'Short', permissions: ['accounts:read'] })
    await operator.delete(`/operator-tokens/${token.body.id}`)
    const after = (await service.cli('audit-log', '--limit', '2')) as unknown as Record<string, unknown>[]
    expect(after).toMatchObject([
      { action: 'operator-token.revoked', targetId: token.body.id },
      { action: 'operator-token.created', targetId: token.body.id },
    ])
    expect(JSON.stringify([...entries, ...after])).not.toContain('pk_')
    await expect(
      service.cli('service-token', 'create', '--name', 'A', '--permissions', 'all'),
    ).rejects.toThrow('all')
  })

  it('bad input names the field', async () => {
    const fieldsOf = async (body: object) =>
      (await operator.post('/service-tokens', body)).body.errors.map(({ field }: { field: string }) => field)
    expect(await fieldsOf({})).toEqual(['name'])
    expect(await fieldsOf({ name: 'A', permissions: ['everything'] })).toEqual(['permissions[0]'])
    expect(await fieldsOf({ name: 'A', permissions: [] })).toEqual(['permissions'])
    expect(await fieldsOf({ name: 'A', accountIds: [] })).toEqual(['accountIds'])
    expect(await fieldsOf({ name: 'A', accountIds: [mine.accountId, 'acct_none'] })).toEqual([
      'accountIds[1]',
    ])
    expect((await operator.delete('/service-tokens/svc_none')).status).toBe(404)
  })
})
