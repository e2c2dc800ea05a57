import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const valid = (code: string) => ({ valid: code === 'VALID', code })

describe('the life of a key', () => {
  it('is created, shown once, and works at once', async () => {
    const account = await service.account()
    const created = await account.post('/api-keys', {
      name: 'Production Server',
      type: 'live',
      allowedIps: ['10.0.0.0/8'],
      metadata: { team: 'web', 'cost-centre': 7 },
    })
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toBe(`/api-keys/${created.body.id}`)
    expect(created.headers.get('cache-control')).toBe('no-store')
    expect(created.body).toMatchObject({
      name: 'Production Server',
      type: 'live',
      access: 'full',
      status: 'active',
      allowedIps: ['10.0.0.0/8'],
      metadata: { team: 'web', 'cost-centre': 7 },
      lastUsedAt: null,
    })
    const { key, ...resource } = created.body
    expect(key).toMatch(/^pk_live_[0-9A-Za-z]{38}$/)
    expect(resource.hint).toBe(key.slice(-4))
    expect((await service.server.post('/verify', { key, ip: '10.1.2.3' })).body).toMatchObject(valid('VALID'))

    const read = await account.get(`/api-keys/${resource.id}`)
    expect(read.body).toMatchObject({ id: resource.id, metadata: resource.metadata })
    expect(JSON.stringify(read.body)).not.toContain(key)
  })

  it('is listed, filtered and searched, page by page', async () => {
    const account = await service.account('business')
    for (const name of ['Alpha', 'Beta 100%', 'Gamma']) await account.createKey({ name })
    await account.createKey({ name: 'Delta', type: 'test' })
    const first = await account.get('/api-keys?limit=2')
    expect(first.body.pagination).toEqual({
      page: 1,
      limit: 2,
      total: 5,
      totalPages: 3,
      hasNext: true,
      hasPrev: false,
    })
    expect(first.body.apiKeys.map((key: { name: string }) => key.name)).toEqual(['Delta', 'Gamma'])
    const last = await account.get('/api-keys?limit=2&page=3')
    expect(last.body.pagination).toMatchObject({ hasNext: false, hasPrev: true })
    expect((await account.get('/api-keys?type=test')).body.pagination.total).toBe(1)
    expect((await account.get('/api-keys?q=bet')).body.pagination.total).toBe(1)
    expect((await account.get('/api-keys?q=%25')).body.pagination.total).toBe(1)
    expect((await account.get('/api-keys?status=revoked')).body.pagination.total).toBe(0)
  })

  it('is renamed and edited, and of two edits of one version one is refused', async () => {
    const account = await service.account()
    const { id, key } = await account.createKey()
    const read = await account.get(`/api-keys/${id}`)
    const tag = read.headers.get('etag') ?? ''
    const edits = await Promise.all(
      ['One', 'Two'].map((name) =>
        account.patch(`/api-keys/${id}`, { name }, { headers: { 'If-Match': tag } }),
      ),
    )
    expect(edits.map((edit) => edit.status).sort()).toEqual([200, 412])
    expect((await account.patch(`/api-keys/${id}`, { access: 'read_only' })).body.permissions).toEqual([
      'renders:read',
      'usage:read',
    ])
    const verification = await service.server.post('/verify', { key, permission: 'renders:write' })
    expect(verification.body).toMatchObject(valid('FORBIDDEN'))
  })

  it('is revoked once and for all, and only then deleted', async () => {
    const account = await service.account()
    const { id, key } = await account.createKey()
    expect((await account.delete(`/api-keys/${id}`)).body).toMatchObject({
      status: 409,
      type: expect.stringMatching(/key-not-revoked$/),
    })
    const revoked = await account.post(`/api-keys/${id}/revoke`, { reason: 'leaked' })
    expect(revoked.status).toBe(200)
    expect(revoked.body.apiKey).toMatchObject({ status: 'revoked', revokedReason: 'leaked' })
    expect(revoked.body.fanOut.regions).toEqual([
      { region: 'primary', outcome: 'confirmed', tookMs: expect.any(Number) },
    ])
    const again = await account.post(`/api-keys/${id}/revoke`)
    expect(again.status).toBe(200)
    expect(again.body.apiKey).toEqual(revoked.body.apiKey)
    expect((await service.server.post('/verify', { key })).body).toMatchObject(valid('REVOKED'))
    expect((await account.patch(`/api-keys/${id}`, { expiresAt: null })).status).toBe(409)
    expect((await account.delete(`/api-keys/${id}`)).status).toBe(204)
    expect((await account.get(`/api-keys/${id}`)).status).toBe(404)
    const gone = await service.server.post('/verify', { key })
    expect(gone.body).toEqual({ valid: false, code: 'NOT_FOUND', requestId: expect.any(String) })
  })

  it('is rotated: both work during the overlap, and at once only the new one without', async () => {
    const account = await service.account()
    const old = await account.createKey({ name: 'CI', metadata: { a: 1 } })
    const rotated = await account.post(`/api-keys/${old.id}/rotate`, { overlapSeconds: 3600 })
    expect(rotated.status).toBe(201)
    expect(rotated.body).toMatchObject({
      name: 'CI',
      metadata: { a: 1 },
      rotatedFrom: old.id,
      status: 'active',
    })
    for (const key of [old.key, rotated.body.key]) {
      expect((await service.server.post('/verify', { key })).body).toMatchObject(valid('VALID'))
    }
    const second = await account.post(`/api-keys/${old.id}/rotate`, { overlapSeconds: 60 })
    expect(second.body).toMatchObject({ status: 409, successorId: rotated.body.id })
    expect(second.body.type).toMatch(/key-already-rotated$/)
    const next = await account.post(`/api-keys/${rotated.body.id}/rotate`)
    expect(next.body.expiresAt).toBeNull()
    expect((await service.server.post('/verify', { key: rotated.body.key })).body).toMatchObject(
      valid('EXPIRED'),
    )
    expect((await service.server.post('/verify', { key: next.body.key })).body).toMatchObject(valid('VALID'))
    expect((await account.get(`/api-keys/${rotated.body.id}`)).body.status).toBe('expired')
    expect((await account.post(`/api-keys/${rotated.body.id}/rotate`)).status).toBe(409)
  })

  it('can be rotated at the plan’s limit, where an overlap would be one too many', async () => {
    const account = await service.account('free')
    const { id } = await account.createKey()
    const refused = await account.post(`/api-keys/${id}/rotate`, { overlapSeconds: 60 })
    expect(refused.body).toMatchObject({ status: 403, plan: 'free', limit: 2, used: 2 })
    expect((await account.post(`/api-keys/${id}/rotate`)).status).toBe(201)
  })

  it('shows when it was last used', async () => {
    const account = await service.account()
    const { id, key } = await account.createKey()
    const before = Date.now()
    await service.server.post('/verify', { key })
    const seen = await eventually(
      () => account.get(`/api-keys/${id}`),
      ({ body }) => body.lastUsedAt !== null,
      10_000,
    )
    expect(Math.abs(Date.parse(seen.body.lastUsedAt) - before)).toBeLessThan(5_000)
  })

  it('leaves a trace of each change in the audit log', async () => {
    const account = await service.account()
    const { id } = await account.createKey()
    await account.patch(`/api-keys/${id}`, { name: 'Renamed' })
    await account.post(`/api-keys/${id}/revoke`)
    await account.delete(`/api-keys/${id}`)
    const newest = await account.get('/audit-log?limit=3')
    const rest = await account.get(`/audit-log?cursor=${newest.body.nextCursor}`)
    const entries = [...newest.body.entries, ...rest.body.entries]
    expect(entries.map((entry) => entry.action)).toEqual([
      'api-key.deleted',
      'api-key.revocation-complete',
      'api-key.revoked',
      'api-key.updated',
      'api-key.created',
      'account.created',
    ])
    expect(entries[0]).toMatchObject({ targetId: id, actor: { type: 'api_key', ip: '127.0.0.1' } })
    expect(rest.body.nextCursor).toBeNull()

    // Names are the latest ones, of deleted keys, too; a removed member has none.
    const { id: other } = await account.createKey({ name: 'Render farm' })
    const created = await account.get('/audit-log?action=api-key.created')
    expect(created.body.entries).toMatchObject([
      { targetId: other, targetName: 'Render farm', actor: { name: 'Admin key' } },
      { targetId: id, targetName: 'Renamed' },
    ])
  })
})

describe('a command that is not done within the bound', () => {
  it('is a 202 whose operation tells the outcome, and loses neither the key nor its value', async () => {
    const account = await service.account()
    for (const worker of service.workers) await worker.end()
    const slow = await service.startApi({ COMMAND_WAIT_MS: '100' })
    const { as, get } = account
    const asked = await fetch(`${slow.url}/api-keys`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${account.adminKey}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': 'late',
      },
      body: JSON.stringify({ name: 'Late', type: 'live' }),
    })
    const answer = (await asked.json()) as { key: string; operation: { id: string } }
    expect(asked.status).toBe(202)
    const location = asked.headers.get('location') ?? ''
    expect(location).toBe(`/operations/${answer.operation.id}`)
    expect((await get(location)).body.status).toBe('pending')
    const repeated = await account.post(
      '/api-keys',
      { name: 'Late', type: 'live' },
      { headers: { 'Idempotency-Key': 'late' } },
    )
    expect(repeated.body).toMatchObject({ status: 409, operationId: answer.operation.id })

    service.workers.push(service.startWorker())
    const done = await eventually(
      () => get(location),
      ({ body }) => body.status !== 'pending',
    )
    expect(done.body).toMatchObject({ status: 'succeeded', result: { name: 'Late' } })
    expect(JSON.stringify(done.body)).not.toContain(answer.key)
    expect((await service.server.post('/verify', { key: answer.key })).body).toMatchObject(valid('VALID'))
    const replayed = await account.post(
      '/api-keys',
      { name: 'Late', type: 'live' },
      { headers: { 'Idempotency-Key': 'late' } },
    )
    expect(replayed.status).toBe(201)
    expect(replayed.body.key).toBe(answer.key)

    const stranger = await service.account()
    expect((await as(stranger.adminKey).get(location)).status).toBe(404)
    await slow.end()
  })
})
