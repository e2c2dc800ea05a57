import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

/** What the command prints, and how it ends. */
async function reconcile(
  ...more: string[]
): Promise<{ days: number; differences: Record<string, unknown>[]; exit: number }> {
  const ended = await service
    .cli('usage', 'reconcile', ...more)
    .then((printed) => ({ ...printed, exit: 0 }))
    .catch((error) => ({ ...JSON.parse(error.stdout), exit: error.code }))
  return ended as never
}

it('verifications, reports and events reconcile; what somebody broke is found, explained, and rebuilt', async () => {
  const account = await service.account('pro')
  const key = await account.createKey()
  for (let index = 0; index < 20; index++) {
    const { body } = await service.server.post('/verify', {
      key: key.key,
      ip: '192.0.2.1',
      endpoint: '/image',
    })
    const report = {
      id: `report-${index}`,
      at: new Date().toISOString(),
      keyId: key.id,
      status: index % 4 === 0 ? 500 : 200,
      latencyMs: index,
      requestId: body.requestId,
    }
    await service.server.post('/usage/events', {
      events: [report, { ...report, id: `own-${index}`, requestId: undefined }],
    })
  }
  const usage = async () => (await account.get(`/api-keys/${key.id}/usage`)).body.windows['24h']
  const counted = await eventually(usage, (seen) => seen.requests === 40 && seen.serverErrors === 10)

  expect(await reconcile()).toMatchObject({ exit: 0, differences: [] })

  await runSql(service.databaseUrl, 'update usage_hour set units = units + 7')
  const found = await reconcile()
  expect(found.exit).toBe(1)
  expect(found.differences).toEqual([
    expect.objectContaining({
      check: 'hour',
      field: 'units',
      explanation: expect.stringContaining('rebuild'),
    }),
  ])

  const today = new Date().toISOString().slice(0, 10)
  await service.cli('usage', 'rebuild', '--day', today)
  expect(await reconcile()).toMatchObject({ exit: 0, differences: [] })
  expect(await usage()).toEqual(counted)
})

it('a day that is none, or whose minutes are gone, is refused in words', async () => {
  await expect(service.cli('usage', 'reconcile', '--from', 'yesterday')).rejects.toThrow('is not a day like')
  await expect(service.cli('usage', 'rebuild', '--day', '2020-01-01')).rejects.toThrow('Not every minute')
})

it('the number of differing days is a metric', async () => {
  const metrics = await fetch(`${service.url}/metrics`, {
    headers: { Authorization: `Basic ${btoa('operator:operator-password')}` },
  })
  expect(await metrics.text()).toContain('keys_usage_differing_days 0')
})
