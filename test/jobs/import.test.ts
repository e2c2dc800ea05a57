import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { AuditEntrySchema } from '../../src/domain/audit/AuditEntry.ts'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { newId } from '../../src/domain/ids.ts'
import type { Form } from '../../src/domain/imports/Form.ts'
import { announceForm, forgetForms, listForms, msUntilKnown } from '../../src/domain/imports/formStore.ts'
import { ANY_FORM, MAX_FORMS } from '../../src/domain/imports/forms.ts'
import type { ImportRecord } from '../../src/domain/imports/outcome.ts'
import { ApiKeySchema } from '../../src/domain/keys/ApiKey.ts'
import { FORMS_REMEMBERED_MS } from '../../src/domain/keys/keyFormat.ts'
import { importApiKeys } from '../../src/workers/commands/importApiKeys.ts'
import { Postponed } from '../../src/workers/Postponed.ts'
import { propagateState } from '../../src/workers/regions/propagateState.ts'
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

async function ask(records: ImportRecord[], form: Form = ANY_FORM): Promise<string> {
  const id = newId('operation')
  const now = worker.clock.now
  await worker.em().insert(CommandSchema, {
    id,
    accountId,
    kind: 'import-api-keys',
    targetId: null,
    payload: { records, form, failed: 0, errors: [], furtherErrors: 0 },
    actor: { type: 'operator', id: 'eva' },
    status: 'pending',
    createdAt: now,
    sweepAt: now,
    sweeps: 0,
  })
  return id
}

/** Runs an import as a worker does, and again when its form is known to every verifier. */
async function runImport(commandId: string) {
  const wait = await importApiKeys(worker.context, { commandId }).catch((error) => error)
  if (wait !== undefined && !(wait instanceof Postponed)) throw wait
  await expect.poll(() => msUntilKnown(worker.em(), accountId, ANY_FORM), { timeout: 10_000 }).toBe(0)
  await importApiKeys(worker.context, { commandId })
}

it('promise 12: an import that imports nothing announces no form; the first that does waits in its queue, not in a place', async () => {
  const { context } = worker
  const em = worker.em()
  await worker.em().nativeUpdate(AccountSchema, { id: accountId }, { customLimits: { liveKeys: 0 } })
  const refused = await ask([recordOf(1)])
  await importApiKeys(context, { commandId: refused })
  expect(await em.findOneOrFail(CommandSchema, { id: refused })).toMatchObject({
    status: 'succeeded',
    result: { imported: 0, errors: [{ code: 'key-limit-reached' }] },
  })
  expect(await listForms(em)).toEqual([])

  await worker.em().nativeUpdate(AccountSchema, { id: accountId }, { customLimits: {} })
  const commandId = await ask([recordOf(1)])
  const postponed = (await importApiKeys(context, { commandId }).catch((error) => error)) as Postponed
  expect(postponed).toBeInstanceOf(Postponed)
  expect(postponed.ms).toBeGreaterThan(FORMS_REMEMBERED_MS)
  expect(await em.count(ApiKeySchema, { accountId })).toBe(0)
  expect(await listForms(em)).toEqual([ANY_FORM])
  await runImport(commandId)
  expect(await em.count(ApiKeySchema, { accountId })).toBe(1)
})

it('promise 9: an import that runs twice, at once and late imports each key once, and all reach the region', async () => {
  const { context, region } = worker
  const em = worker.em()
  const before = await em.count(ApiKeySchema, { accountId })
  const records = Array.from({ length: 450 }, (_, index) => recordOf(index + 1))
  const commandId = await ask(records)
  await Promise.all([importApiKeys(context, { commandId }), importApiKeys(context, { commandId })])
  await importApiKeys(context, { commandId })
  expect(await em.count(ApiKeySchema, { accountId })).toBe(before + 450)
  const imported = { accountId, action: 'api-key.imported' }
  expect(await em.count(AuditEntrySchema, imported)).toBe(before + 450)
  expect(await em.count(AuditEntrySchema, { targetId: commandId, action: 'api-keys.imported' })).toBe(1)

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

it('promise 8: the forms of an account are bounded, and go when its imported keys are gone', async () => {
  const { context } = worker
  const em = worker.em()
  for (let length = 1; length <= MAX_FORMS; length++)
    await announceForm(em, accountId, { prefix: 'k-', length })
  expect(await listForms(em)).toHaveLength(MAX_FORMS)
  const commandId = await ask([recordOf(1)], { prefix: 'another-', length: 0 })
  await importApiKeys(context, { commandId })
  expect(await em.findOneOrFail(CommandSchema, { id: commandId })).toMatchObject({
    status: 'failed',
    problem: { code: 'validation-error', details: { errors: [{ field: 'prefix' }] } },
  })
  const later = new Date(Date.now() + 86_400_000)
  await forgetForms(em, later)
  expect(await listForms(em)).toHaveLength(MAX_FORMS)
  await em.nativeUpdate(ApiKeySchema, { accountId }, { status: 'deleted' })
  await forgetForms(em, later)
  expect(await listForms(em)).toEqual([])
})
