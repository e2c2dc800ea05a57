import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { startReceiver } from '../support/receivers.ts'
import { scanPostgres, scanRedis, scans } from '../support/scans.ts'
import { type Service, startService } from '../support/startService.ts'

const SMTP_PASSWORD = 'the-password-of-the-smtp-server'

let service: Service
let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  receiver = await startReceiver()
  service = await startService({
    env: {
      LOG_LEVEL: 'trace',
      WEBHOOK_ALLOW_PRIVATE: 'true',
      PUBLIC_URL: 'https://keys.example.com',
      // Nobody listens there: every email is an error.
      SMTP_URL: `smtp://mailer:${SMTP_PASSWORD}@127.0.0.1:9`,
    },
  })
})
afterAll(async () => {
  await service.stop()
  await receiver.stop()
})

/** Uses every kind of channel, with what works and what fails; returns what is secret about them. */
async function useChannels(account: Awaited<ReturnType<Service['account']>>): Promise<string[]> {
  const once = { headers: { 'Idempotency-Key': 'idempotency-of-channel' } }
  const paths = ['sLaCkPaTh1', 'sLaCkPaTh2', 'wEbHoOkPaTh']
  receiver.answers[`/${paths[1]}`] = (response) => response.writeHead(500).end()
  const slack = { type: 'slack', name: 'Slack', url: `${receiver.url}/${paths[0]}` }
  const { id } = (await account.post('/channels', slack)).body
  await account.patch(`/channels/${id}`, { url: `${receiver.url}/${paths[1]}` })
  const hook = { type: 'webhook', name: 'Hook', url: `${receiver.url}/${paths[2]}` }
  const created = await account.post('/channels', hook, once)
  const rotated = await account.post(`/channels/${created.body.id}/rotate-secret`)
  await account.post('/channels', { type: 'email', name: 'Mail', to: 'sEcReT-aDdReSs@example.com' })
  // Never crossed: what an evaluation sends meanwhile would be more than is waited for.
  const rule = { name: 'Any', metric: 'requests', threshold: 1e9, channelIds: [id, created.body.id] }
  const alert = await account.post('/alerts', rule)
  await account.post(`/alerts/${alert.body.id}/test`)
  const log = await eventually(
    async () => (await account.get('/notifications')).body.notifications as { attempts: number }[],
    (all) => all.length === 6 && all.every(({ attempts }) => attempts > 0),
  )
  const shown = await account.get('/channels')
  const answers = JSON.stringify([log, alert.body, shown.body])
  const secrets = [created.body.secret, rotated.body.secret, ...paths.slice(0, 2), 'idempotency-of-channel']
  for (const secret of [...secrets, SMTP_PASSWORD]) expect(answers).not.toContain(secret)
  return [...secrets, ...paths, 'sEcReT-aDdReSs', SMTP_PASSWORD]
}

it('promise 4: no table, Redis key, job, log, metric or page holds a secret that was used', async () => {
  const account = await service.account()
  const password = 'a-password-nobody-else-has'
  const idempotencyKeys = [
    'idempotency-of-create',
    'idempotency-of-rotate',
    'idempotency-of-verify',
    'idempotency-of-report',
  ]
  const [create, rotate, verify, report] = idempotencyKeys.map((key) => ({
    headers: { 'Idempotency-Key': key },
  }))

  const live = await account.post('/api-keys', { name: 'Live', type: 'live' }, create)
  const test = await account.createKey({ type: 'test' })
  const rotated = await account.post(`/api-keys/${live.body.id}/rotate`, { overlapSeconds: 60 }, rotate)
  const secrets = [
    account.adminKey,
    service.serviceToken,
    live.body.key,
    test.key,
    rotated.body.key,
    password,
  ]
  const unknown = `${test.key.slice(0, -1)}${test.key.endsWith('0') ? '1' : '0'}`

  for (const key of [live.body.key, test.key, rotated.body.key, unknown]) {
    await service.server.post(
      '/verify',
      { key, permission: 'renders:write', endpoint: '/image', ip: '10.0.0.1' },
      verify,
    )
    await service.server.post('/verify', { key, permission: 'no:such' })
    await account
      .as(key)
      .get('/forward-auth?permission=renders:write', { headers: { 'X-Original-URI': `/image?key=${key}` } })
    await account.as(key).get('/api-keys')
    await account.get(`/api-keys?key=${key}`)
    await account.as(undefined).get(`/account?api_key=${key}`)
  }
  await account.post('/members', { email: 'sue@example.com', role: 'admin', password })
  const signedIn = await account.as(undefined).post('/session', { email: 'sue@example.com', password })
  secrets.push(/keys_session=([^;]+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] ?? 'no cookie')
  await account.as(undefined).post('/session', { email: 'sue@example.com', password: `${password}-wrong` })
  const event = { id: 'e1', at: new Date().toISOString(), keyId: test.id, status: 200 }
  await service.server.post('/usage/events', { events: [event] }, report)
  // A key of another form, imported by its hash, and one that is sent in its place by mistake.
  const old = 'old-system_4f1c2a9e7d'
  const mistake = 'old-system_0a5b8c3d6e'
  const lines = [
    JSON.stringify({ hash: createHash('sha256').update(old).digest('hex'), name: 'Old' }),
    JSON.stringify({ hash: mistake, name: 'Mistake' }),
  ]
  for (const query of ['?dryRun=true', '']) {
    const imported = await fetch(`${service.url}/api-keys/import${query}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${account.adminKey}`, 'Content-Type': 'application/x-ndjson' },
      body: lines.join('\n'),
    })
    const text = await imported.text()
    expect(text).toContain('"imported":1')
    expect(text).not.toContain(mistake)
  }
  expect((await service.server.post('/verify', { key: old })).body.valid).toBe(true)
  await service.server.post('/verify', { key: mistake })
  secrets.push(old, mistake)
  await account.post(`/api-keys/${test.id}/revoke`, { reason: 'test' })
  await service.server.post('/verify', { key: test.key })
  secrets.push(...(await useChannels(account)))
  // A failing database and a failing Redis make errors, and errors have stack traces.
  await service.redis.restart()
  await eventually(
    () => account.get('/account'),
    ({ status }) => status === 200,
  )

  for (const [place, scan] of Object.entries(scans)) {
    const text = await scan(service)
    expect(text.length, place).toBeGreaterThan(500)
    for (const secret of [...secrets, unknown, ...idempotencyKeys])
      expect(text.includes(secret), `${secret} in ${place}`).toBe(false)
  }
})

it('the scans find what is there', async () => {
  const marker = 'a marker that a scan must find'
  const account = await service.account()
  await account.createKey({ name: marker })
  expect(await scanPostgres(service)).toContain(marker)
  expect(await scanRedis(service)).toContain(marker)
  expect(service.output.join('')).toContain('listening')
})
