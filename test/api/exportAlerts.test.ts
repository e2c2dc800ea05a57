import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { startReceiver } from '../support/receivers.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  receiver = await startReceiver()
  service = await sharedService()
})
afterAll(async () => {
  await receiver.stop()
})

it('an export has channels, alert rules and all their incidents, and none of their secrets', async () => {
  const [account, other] = await Promise.all([service.account(), service.account()])
  const url = `${receiver.url}/services/T0/B0/sEcReTpAtH`
  await other.post('/channels', { type: 'slack', name: 'Not mine', url })
  const slack = (await account.post('/channels', { type: 'slack', name: 'Ops', url })).body
  const hook = { type: 'webhook', name: 'Hook', url: `${receiver.url}/hook` }
  const { secret } = (await account.post('/channels', hook)).body
  const rule = { name: 'Any', metric: 'requests', threshold: 0, channelIds: [slack.id] }
  const alert = (await account.post('/alerts', rule)).body
  await runSql(
    service.databaseUrl,
    `insert into incident (id, account_id, rule_id, started_at, measured)
     select 'inc_' || n, '${account.accountId}', '${alert.id}', now() - n * interval '1 minute', n from generate_series(1, 1001) n`,
  )
  const headers = { Authorization: `Bearer ${account.adminKey}` }
  const text = await (await fetch(`${service.url}/account/export`, { headers })).text()
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const of = (kind: string) => lines.filter((line) => line.record === kind)
  expect(of('channel').map(({ name, url: shown }) => [name, shown])).toEqual([
    ['Ops', `${receiver.url}/…pAtH`],
    ['Hook', hook.url],
  ])
  expect(of('alert')).toMatchObject([{ id: alert.id, metric: 'requests', channelIds: [slack.id] }])
  const incidents = of('incident')
  expect(new Set(incidents.map(({ id }) => id)).size).toBe(1_001)
  expect(incidents.every(({ alertId }) => alertId === alert.id)).toBe(true)
  expect(lines.at(-1)).toEqual({ record: 'end', records: lines.length - 1 })

  for (const hidden of [secret, 'sEcReT', 'Not mine', 'sealed', 'whsec_']) expect(text).not.toContain(hidden)
})
