import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

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

  it.each(['/metrics', '/admin/queues', '/admin/queues/api/queues'])(
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

  it('Bull Board names every queue and shows commands by their names', async () => {
    const { body } = await anonymous().get(
      '/admin/queues/api/queues?activeQueue=commands&status=completed&page=1',
      operator,
    )
    expect(body.queues.map((queue: { name: string }) => queue.name)).toEqual([
      'commands',
      'maintenance',
      'alerts',
      'notifications',
      'fan-out',
      'metering',
      'asks',
    ])
    expect(JSON.stringify(body)).toContain('create-api-key')
  })

  it('without OPERATOR_PASSWORD there is nothing to see', async () => {
    const closed = await service.startApi({ OPERATOR_PASSWORD: '' })
    for (const path of ['/metrics', '/admin/queues'])
      expect((await fetch(`${closed.url}${path}`, operator)).status).toBe(404)
    expect(await closed.end()).toBe(0)
  })
})
