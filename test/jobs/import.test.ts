import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AccountSchema } from '../../src/domain/accounts/Account.ts'
import { AuditEntrySchema } from '../../src/domain/audit/AuditEntry.ts'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { keyFacts } from '../../src/domain/events/eventData.ts'
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

it('promise 14: announces each key as it is, and notes each in the audit log, in the order of the lines', async () => {
  const em = worker.em()
  const given = [
    { ...recordOf(7), expiresAt: '2031-02-03T04:05:06.789Z', createdAt: '2019-01-01T00:00:00.000Z' },
    {
      ...recordOf(2),
      type: 'test' as const,
      allowedIps: ['192.0.2.0/24'],
      metadata: { tags: ['a', { b: 1 }] },
    },
    ...Array.from({ length: 120 }, (_, index) => recordOf(10 + index)),
  ]
  const commandId = await ask(given)
  await runImport(commandId)
  const command = await em.findOneOrFail(CommandSchema, { id: commandId })
  const { keys } = command.result as { keys: { line: number; id: string }[] }
  expect(keys.map(({ line }) => line)).toEqual(given.map(({ line }) => line))

  await worker.context.events.relay()
  const ids = keys.map(({ id }) => id)
  const events = await em.execute<{ subject: string; data: object; at: Date; account_id: string }[]>(
    `select subject, data, at, account_id from lifecycle_event where type = 'api_key.created' and subject = any(?::text[])
     order by position`,
    [`{${ids.join(',')}}`],
  )
  expect(events.map(({ subject }) => subject)).toEqual(ids)
  const stored = new Map((await em.find(ApiKeySchema, { id: { $in: ids } })).map((key) => [key.id, key]))
  for (const [place, { subject, data, at, account_id }] of events.entries()) {
    const key = stored.get(subject)
    if (!key) throw new Error(`${subject} is missing`)
    expect(key.digest).toBe(given[place]?.digest)
    const actor = { type: 'operator', id: 'eva' }
    expect({ data, at: new Date(at), account_id }).toEqual({
      data: { apiKey: keyFacts(key, worker.clock.now), actor },
      at: worker.clock.now,
      account_id: accountId,
    })
  }
  const entries = await em.find(
    AuditEntrySchema,
    { action: 'api-key.imported', targetId: { $in: ids } },
    { orderBy: { id: 'asc' } },
  )
  expect(entries.map(({ id: _, ...entry }) => entry)).toEqual(
    keys.map(({ id, line }, place) => ({
      ...{ accountId, at: worker.clock.now, action: 'api-key.imported', targetId: id },
      actor: { type: 'operator', id: 'eva' },
      details: { name: `Key ${line}`, type: given[place]?.type, line },
    })),
  )
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
