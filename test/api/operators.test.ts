import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'
import { freshRedis } from '../setup/services.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

const QUEUES =
  'commands revocations imports maintenance alerts crossings notifications fan-out metering slots asks'.split(
    ' ',
  )
const namesOf = async (board: Response) =>
  ((await board.json()) as { queues: { name: string }[] }).queues.map(({ name }) => name)
let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const operator = { headers: { Authorization: `Basic ${btoa('operator:operator-password')}` } }
const anonymous = () => service.server.as(undefined)

describe('what operators see', () => {
  it('/livez and /readyz are open and say what is well', async () => {
    expect((await anonymous().get('/livez')).body).toEqual({ status: 'ok' })
    expect((await anonymous().get('/readyz')).body).toEqual({
      ready: true,
      checks: { postgres: 'ok', redis: 'ok' },
    })
  })

  it.each(['/metrics', '/admin', '/admin/style.css', '/admin/queues', '/admin/queues/api/queues'])(
    '%s takes the operator’s credentials',
    async (path) => {
      for (const headers of [
        {},
        { Authorization: `Basic ${btoa('operator:wrong')}` },
        { Authorization: `Bearer ${service.serviceToken}` },
      ]) {
        const refused = await anonymous().get(path, { headers: headers as Record<string, string> })
        expect(refused.status).toBe(401)
        expect(refused.headers.get('www-authenticate')).toMatch(/^Basic/)
      }
      expect((await anonymous().get(path, operator)).status).toBe(200)
    },
  )

  it('/metrics count verifications by code, batches, queues, jobs and commands', async () => {
    const account = await service.account()
    const { key } = await account.createKey()
    await service.server.post('/verify', { key })
    await service.server.post('/verify', { key, permission: 'no:such' })
    const { body } = await eventually(
      () => anonymous().get('/metrics', operator),
      (answer) => /keys_queue_finished{queue="commands",outcome="completed"} [1-9]/.test(answer.body),
    )
    for (const line of [
      /^keys_verifications_total{code="VALID"} [1-9]/m,
      /^keys_verifications_total{code="FORBIDDEN"} 1$/m,
      /^keys_verification_batch_size_count [1-9]/m,
      /^keys_queue_jobs{queue="metering",state="wait"} \d+$/m,
      /^keys_queue_oldest_seconds{queue="commands"} \d/m,
      /^keys_command_seconds_count{kind="create-api-key",outcome="succeeded"} 1$/m,
      /^keys_http_request_seconds_count{route="POST \/api-keys",status="201"} 1$/m,
      /^keys_cached_keys [1-9]/m,
    ]) {
      expect(body).toMatch(line)
    }
  })

  it('a worker has probes and metrics of its own where it is given a port', async () => {
    const port = await freePort()
    const worker = service.startWorker({ WORKER_PORT: String(port) })
    const look = (path: string) =>
      fetch(`http://127.0.0.1:${port}${path}`).then(
        async (response) => ({ status: response.status, text: await response.text() }),
        () => ({ status: 0, text: '' }),
      )
    await eventually(
      () => look('/readyz'),
      ({ status }) => status === 200,
    )
    expect((await look('/livez')).status).toBe(200)
    await eventually(
      () => look('/metrics'),
      ({ text }) => /keys_jobs_total{job="sweep-commands",outcome="done"} [1-9]/.test(text),
      60_000,
    )
    expect(await worker.end()).toBe(0)
  })

  it('/admin shows accounts by traffic, escaped and found by name or ID', async () => {
    const name = '<script>alert(1)</script> & "Söhne" 100%'
    const { accountId } = await service.cli('account', 'create', '--name', name, '--plan', 'business')
    const other = await service.account('free')
    const page = async (q: string) => {
      const { status, body, headers } = await anonymous().get(`/admin?q=${encodeURIComponent(q)}`, operator)
      expect(status).toBe(200)
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self';/)
      expect(headers.get('cache-control')).toBe('no-store')
      return body as string
    }
    for (const q of ['SCRIPT', '100%', accountId ?? '']) {
      const found = await page(q)
      expect(found).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Söhne&quot; 100%')
      expect(found).toContain('business')
      expect(found).not.toContain('<script')
      expect(found).not.toContain(other.accountId)
    }
    expect(await page(other.accountId)).toMatch(
      /On free.*free<\/td><td class="text">active<\/td><td class="number">1</s,
    )
    expect(await page('\0"><b>')).toContain('0 found')
    const fromHere = { headers: { ...operator.headers, 'Sec-Fetch-Site': 'same-origin' } }
    expect((await anonymous().post('/admin', {}, fromHere)).status).toBe(405)
    expect((await anonymous().get('/admin/no-such', operator)).status).toBe(404)
  })

  it('the page of an account shows deliveries to its channels, and of its events to the operators’ webhooks, and of no other account', async () => {
    const machine = anonymous().as(await service.operatorToken())
    const where = { url: 'https://hooks.example.com/', events: ['api_key.created'] }
    const { body: webhook } = await machine.post('/webhooks', where)
    const [account, other] = [await service.account('free'), await service.account('free')]
    await account.createKey()
    await other.createKey()
    const channel = { type: 'webhook', name: 'Mine', url: 'https://hooks.example.com/' }
    const { body: own } = await account.post('/channels', channel)
    const deliveriesOf = async (one: { accountId: string }) => {
      const { deliveries } = (await machine.get(`/webhooks/${webhook.id}/deliveries`)).body
      return deliveries.filter(({ accountId }: { accountId: string }) => accountId === one.accountId)
    }
    const [sent] = await eventually(
      () => deliveriesOf(account),
      ({ length }) => length > 0,
    )
    const [foreign] = await eventually(
      () => deliveriesOf(other),
      ({ length }) => length > 0,
    )
    const { body: page } = await anonymous().get(`/admin/accounts/${account.accountId}`, operator)
    const table = page.slice(page.indexOf('<h2>Deliveries</h2>'))
    for (const shown of [sent.id, sent.eventId, webhook.id, own.id, 'alert.test', 'pending'])
      expect(table).toContain(shown)
    expect(table).not.toContain(foreign.id)
    await machine.delete(`/webhooks/${webhook.id}`)
  })

  it('/admin shows what there is while a region is away', async () => {
    const api = await service.startApi({ REGIONS: 'eu=redis://127.0.0.1:9' })
    const body = await (await fetch(`${api.url}/admin`, operator)).text()
    expect(body).toMatch(/eu<\/th>.*away, or not in REGIONS.*was never given one/s)
    expect(body).toMatch(/primary<\/th>.*kept up by every process/s)
    expect(body).toContain('href="/admin/queues/queue/metering-eu"')
    const board = await fetch(`${api.url}/admin/queues/api/queues`, operator)
    expect([board.status, await namesOf(board)]).toEqual([200, [...QUEUES, 'fan-out-eu']])
    expect(await api.end()).toBe(0)
  })

  it('Bull Board has a further region’s queues while that region is there', async () => {
    const eu = await freshRedis()
    const api = await service.startApi({ REGIONS: `eu=${eu.url}` })
    const look = async () => namesOf(await fetch(`${api.url}/admin/queues/api/queues`, operator))
    const all = await look()
    expect(all).toEqual(expect.arrayContaining([...QUEUES, 'metering-eu']))
    await eu.kill()
    // Fan-out to it goes by the primary's Redis, and waits there.
    expect(await look()).toEqual([...QUEUES, 'fan-out-eu'])
    await eu.restart()
    await eventually(look, (names) => String(names) === String(all))
    expect(await api.end()).toBe(0)
    await eu.stop()
  })

  it('Bull Board names every queue and shows commands by their names', async () => {
    const { body } = await anonymous().get(
      '/admin/queues/api/queues?activeQueue=commands&status=completed&page=1',
      operator,
    )
    expect(body.queues.map(({ name }: { name: string }) => name)).toEqual(QUEUES)
    expect(JSON.stringify(body)).toContain('create-api-key')
  })

  it('without OPERATOR_PASSWORD there is nothing to see', async () => {
    const closed = await service.startApi({ OPERATOR_PASSWORD: '' })
    for (const path of ['/metrics', '/admin', '/admin/queues'])
      expect((await fetch(`${closed.url}${path}`, operator)).status).toBe(404)
    expect(await closed.end()).toBe(0)
  })
})
