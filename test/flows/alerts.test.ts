import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

const MINUTE = 60_000

let service: Service
const got: { path: string; id: string | undefined; type: string; text: string }[] = []
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString()
    const { type = 'slack' } = JSON.parse(text)
    got.push({ path: request.url ?? '', id: request.headers['webhook-id'] as string, type, text })
    response.end('ok')
  })
})
beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  service = await startService({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
})
afterAll(async () => {
  await service.stop()
  receiver.close()
})

it('traffic crosses three thresholds: one message per rule and channel, and one when it is over', async () => {
  const account = await service.account()
  const base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  const channelIds: string[] = []
  for (const type of ['webhook', 'slack']) {
    const channel = await account.post('/channels', { type, name: type, url: `${base}/${type}` })
    expect(channel).toMatchObject({ status: 201 })
    channelIds.push(channel.body.id)
  }
  // The messages that verify them.
  await eventually(
    async () => got.length,
    (count) => count === 2,
  )
  got.length = 0

  const key = await account.createKey()
  const rules = []
  for (const [metric, threshold] of [
    ['requests', 20],
    ['error_rate', 30],
    ['latency_p95', 500],
  ]) {
    const rule = {
      name: `Rule ${metric}`,
      metric,
      threshold,
      window: '5m',
      scope: { keyIds: [key.id] },
      channelIds,
    }
    rules.push((await account.post('/alerts', rule)).body.id as string)
  }
  // Late reports of what is about to leave the window: recovery need not take five minutes.
  const at = new Date(Math.floor(Date.now() / MINUTE) * MINUTE - 3 * MINUTE).toISOString()
  const events = Array.from({ length: 30 }, (_, index) => ({
    id: `flow-${index}`,
    at,
    keyId: key.id,
    status: index % 2 === 0 ? 500 : 200,
    latencyMs: 900,
  }))
  const crossedAt = Date.now()
  expect((await service.server.post('/usage/events', { events })).status).toBe(202)

  await eventually(
    async () => got.length,
    (count) => count >= 6,
    90_000,
  )
  expect(Date.now() - crossedAt).toBeLessThan(60_000)
  expect((await account.get(`/alerts/${rules[0]}`)).body.state).toBe('firing')
  await eventually(
    async () => got.length,
    (count) => count >= 12,
    240_000,
  )

  for (const channel of ['webhook', 'slack']) {
    const told = got.filter(({ path }) => path === `/${channel}`)
    expect(told).toHaveLength(6)
    for (const name of ['requests', 'error_rate', 'latency_p95'])
      expect(told.filter(({ text }) => text.includes(`Rule ${name}`))).toHaveLength(2)
  }
  const webhooks = got.filter(({ path }) => path === '/webhook')
  expect(new Set(webhooks.map(({ id }) => id)).size).toBe(6)
  expect(webhooks.map(({ type }) => type)).toEqual([
    ...Array(3).fill('alert.firing'),
    ...Array(3).fill('alert.resolved'),
  ])
  for (const id of rules) {
    const { incidents } = (await account.get(`/alerts/${id}/incidents`)).body
    expect(incidents).toEqual([expect.objectContaining({ keyId: key.id, resolvedAt: expect.any(String) })])
  }
}, 400_000)
