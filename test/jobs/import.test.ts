import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { AuditEntrySchema } from '../../src/domain/audit/AuditEntry.ts'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { newId } from '../../src/domain/ids.ts'
import { hasImports } from '../../src/domain/imports/importStore.ts'
import type { ImportRecord } from '../../src/domain/imports/outcome.ts'
import { ApiKeySchema } from '../../src/domain/keys/ApiKey.ts'
import { FORMS_REMEMBERED_MS } from '../../src/domain/keys/keyFormat.ts'
import { importApiKeys } from '../../src/workers/jobs/importApiKeys.ts'
import { propagateState } from '../../src/workers/jobs/propagateState.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
const accountId = newId('account')
beforeAll(async () => {
  worker = await startWorkerContext()
  await worker.em().insert(AccountSchema, {
    id: accountId,
    name: 'One',
    plan: 'enterprise',
    customLimits: {},
    version: 1,
    createdAt: worker.clock.now,
  })
})
afterAll(() => worker.stop())

const recordOf = (line: number): ImportRecord => ({
  line,
  digest: randomBytes(32).toString('base64url'),
  name: `Key ${line}`,
  type: 'live',
  access: 'full',
  permissions: ['renders:write'],
  allowedIps: [],
  metadata: {},
  hint: '????',
  expiresAt: null,
  createdAt: null,
})

async function ask(records: ImportRecord[]): Promise<string> {
  const id = newId('operation')
  const now = worker.clock.now
  await worker.em().insert(CommandSchema, {
    id,
    accountId,
    kind: 'import-api-keys',
    targetId: null,
    payload: { records, failed: 0, errors: [], furtherErrors: 0 },
    actor: { type: 'operator', id: 'eva' },
    status: 'pending',
    createdAt: now,
    sweepAt: now,
    sweeps: 0,
  })
  return id
}

it('promise 9: an import that runs twice, at once and late imports each key once, and all reach the region', async () => {
  const { context, region } = worker
  const em = worker.em()
  expect(await hasImports(em)).toBe(false)
  const records = Array.from({ length: 450 }, (_, index) => recordOf(index + 1))
  const commandId = await ask(records)
  expect(await hasImports(em)).toBe(true)

  const started = performance.now()
  await Promise.all([importApiKeys(context, { commandId }), importApiKeys(context, { commandId })])
  expect(performance.now() - started).toBeGreaterThan(FORMS_REMEMBERED_MS)
  await importApiKeys(context, { commandId })
  expect(await em.count(ApiKeySchema, { accountId })).toBe(450)
  expect(await em.count(AuditEntrySchema, { accountId, action: 'api-key.imported' })).toBe(450)
  expect(await em.count(AuditEntrySchema, { accountId, action: 'api-keys.imported' })).toBe(1)

  const command = await em.findOneOrFail(CommandSchema, { id: commandId })
  expect(command).toMatchObject({ status: 'applied', result: { total: 450, imported: 450, failed: 0 } })
  const { keyIds = [], accountIds = [] } = command.propagate ?? {}
  const job = { commandId, region: region.name, keyIds, accountIds }
  await propagateState(context, job)
  await propagateState(context, job)
  const states = await region.getStates(records.map(({ digest }) => digest))
  expect(states.map((state) => state?.key.name)).toEqual(records.map(({ name }) => name))
})

it('the same keys again, in two commands at once with some new ones, are unchanged but for those', async () => {
  const { context } = worker
  const records = Array.from({ length: 20 }, (_, index) => recordOf(index + 1))
  const ids = await Promise.all([ask(records.slice(0, 15)), ask(records.slice(5).toReversed())])
  await Promise.all(ids.map((commandId) => importApiKeys(context, { commandId })))
  const commands = await worker.em().find(CommandSchema, { id: { $in: ids } })
  const sum = (name: string) => commands.reduce((all, { result }) => all + Number(result?.[name]), 0)
  expect([sum('imported'), sum('unchanged'), sum('failed')]).toEqual([20, 10, 0])
})
