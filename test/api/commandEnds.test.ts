import { beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
beforeAll(async () => {
  service = await sharedService()
})

it('a command that Postgres refuses each time is a 500 that names the operation, and nothing of the data', async () => {
  const account = await service.account()
  await runSql(
    service.databaseUrl,
    `create function refuse() returns trigger language plpgsql as
       $$ begin raise exception 'refused: %', new.digest using errcode = '22008'; end $$`,
    `create trigger refuse before insert on api_key for each row when (new.name = 'Poison') execute function refuse()`,
  )
  const extra = { headers: { 'Idempotency-Key': 'poison' } }
  const create = () => account.post('/api-keys', { name: 'Poison', type: 'live' }, extra)
  const answer = await create()
  expect(answer).toMatchObject({
    status: 500,
    body: {
      type: expect.stringMatching(/\/internal-error$/),
      operationId: expect.stringMatching(/^op_/),
      requestId: expect.stringMatching(/^req_/),
    },
  })
  const { body } = await account.get(`/operations/${answer.body.operationId}`)
  expect(body).toMatchObject({ status: 'failed', problem: { code: 'internal-error' }, result: null })
  // The outcome is kept, and others go on.
  expect((await create()).body.operationId).toBe(answer.body.operationId)
  expect((await account.post('/api-keys', { name: 'Fine', type: 'live' })).status).toBe(201)
})

it('an account with too many unfinished commands is told to come back, and may still revoke', async () => {
  const [account, other] = [await service.account(), await service.account()]
  const { id } = await account.createKey()
  await runSql(
    service.databaseUrl,
    `insert into command (id, account_id, kind, payload, actor, status, created_at, sweep_at)
     select 'op_many' || n, '${account.accountId}', 'create-api-key', '{}', '{"type":"system","id":"test"}', 'pending',
       now(), now() + interval '1 day' from generate_series(1, 200) n`,
  )
  const refused = await account.post('/api-keys', { name: 'One more', type: 'live' })
  expect(refused.body).toMatchObject({ status: 429, type: expect.stringMatching(/\/rate-limit-exceeded$/) })
  expect(refused.headers.get('retry-after')).toBe('2')
  expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(200)
  expect((await other.post('/api-keys', { name: 'Mine', type: 'live' })).status).toBe(201)
  // Nor does it keep the company from changing or suspending it.
  await runSql(
    service.databaseUrl,
    `insert into command (id, account_id, kind, payload, actor, status, created_at, sweep_at)
     select 'op_ends' || n, '${account.accountId}', 'revoke-api-key', '{}', '{"type":"system","id":"test"}', 'pending',
       now(), now() + interval '1 day' from generate_series(1, 1800) n`,
  )
  expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(429)
  const operator = createClient(service.url, await service.operatorToken())
  const path = `/accounts/${account.accountId}`
  expect((await operator.patch(path, { limits: { requestsPerMinute: 1 } })).status).toBe(200)
  expect((await operator.post(`${path}/suspend`)).status).toBe(200)
})
