import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JournalEntry, JournalKind } from '../../src/domain/journal/JournalEntry.ts'
import { forgetJournal, holdsEntry, readJournalOf } from '../../src/domain/journal/journalStore.ts'
import { JournalGap, recover } from '../../src/domain/journal/recover.ts'
import { ApiKeySchema } from '../../src/domain/keys/ApiKey.ts'
import { readKeyStates } from '../../src/domain/keys/keyState.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { addToJournal } from '../../src/region/addToJournal.ts'
import { fill } from '../../src/region/fill.ts'
import { TruthIsOld } from '../../src/region/Journal.ts'
import { fillTokens } from '../../src/region/regionTokens.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { carryStates, prepareRegions } from '../../src/workers/regions/carryStates.ts'
import { renew } from '../../src/workers/regions/keepLeases.ts'
import { createCommands } from '../support/commandRows.ts'
import { eventually } from '../support/eventually.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let rows: ReturnType<typeof createCommands>
let accountId: string
beforeAll(async () => {
  worker = await startWorkerContext()
  rows = createCommands(worker)
})
afterAll(() => worker.stop())
beforeEach(async () => {
  accountId = await rows.account()
  // Postgres has what the region has, and the region's epoch is registered.
  await worker.region.redis.del('keys:journal')
  await worker.region.check()
})

async function createKey() {
  const key = { ...rows.newKey(), ...rows.newSecret() }
  const commandId = await rows.submit('create-api-key', accountId, key)
  await handlers['create-api-key'](worker.context, { commandId })
  return { id: key.keyId, digest: key.digest }
}

async function run(
  kind: 'revoke-api-key' | 'update-api-key' | 'suspend-account' | 'resume-account',
  payload: object,
) {
  const commandId = await rows.submit(kind, accountId, payload)
  await handlers[kind](worker.context, { commandId })
  return commandId
}

const revoke = (keyId: string) => run('revoke-api-key', { keyId, reason: null })
const statusOf = async (commandId: string) => {
  const [row] = await worker
    .em()
    .execute<{ status: string }[]>('select status from command where id = ?', [commandId])
  return row?.status
}
const keyStatus = async (keyId: string) => {
  const [row] = await worker
    .em()
    .execute<{ status: string }[]>('select status from api_key where id = ?', [keyId])
  return row?.status
}
const expiryOf = async (keyId: string) =>
  (await worker.em().findOneOrFail(ApiKeySchema, { id: keyId })).expiresAt?.toISOString()
const inRegion = () => worker.region.journal.read()
const lastSequence = async () => {
  const [row] = await worker.em().execute<{ sequence: string }[]>('select sequence from journal_head')
  return Number(row?.sequence)
}

/** An entry as another database would have written it. */
const entryOf = (sequence: number, kind: JournalKind, subject: string, at = Date.now()): JournalEntry => ({
  ...{ sequence, id: randomUUID(), kind, subject, until: null, at },
})
const put = async (...entries: JournalEntry[]) =>
  addToJournal(worker.region, await worker.region.marker(), entries)
/** The region has what this Postgres lacks. */
const makeOld = async () => put(entryOf((await lastSequence()) + 10, 'key-revoked', 'key_of_later'))
const recovering = (entries: JournalEntry[], acceptsGap = false) =>
  worker.em().transactional((em) => recover(em, entries, { acceptsGap }))

describe('the journal', () => {
  it('has what a command ended, in Postgres and in the region, once it is done', async () => {
    const key = await createKey()
    expect(await inRegion()).toEqual([])
    const commandId = await revoke(key.id)
    const entries = await readJournalOf(worker.em(), commandId)
    expect(entries).toMatchObject([{ kind: 'key-revoked', subject: key.id, until: null }])
    expect(await inRegion()).toEqual(entries)
    const suspended = await run('suspend-account', { reason: null })
    const resumed = await run('resume-account', {})
    expect((await inRegion()).map(({ kind }) => kind)).toEqual([
      'key-revoked',
      'account-suspended',
      'account-resumed',
    ])
    expect(await statusOf(suspended)).toBe('succeeded')
    expect(await statusOf(resumed)).toBe('succeeded')
  })

  it('has each expiry that a key gets by an edit, and no other edit', async () => {
    const key = await createKey()
    const inAnHour = new Date(worker.clock.now.getTime() + 3_600_000).toISOString()
    const edit = (changes: object) => run('update-api-key', { keyId: key.id, changes })
    await edit({ name: 'another' })
    expect(await inRegion()).toEqual([])
    for (const expiresAt of [inAnHour, inAnHour, null]) await edit({ expiresAt })
    expect((await inRegion()).map(({ kind, subject, until }) => [kind, subject, until])).toEqual([
      ['key-expires', key.id, inAnHour],
      ['key-expires', key.id, null],
    ])
  })

  it('promise 12: gets no entry from what has ended already; the regions get the one there is', async () => {
    const key = await createKey()
    for (let time = 0; time < 3; time++) await revoke(key.id)
    for (let time = 0; time < 2; time++) await run('suspend-account', { reason: null })
    for (let time = 0; time < 2; time++) await run('resume-account', {})
    await run('suspend-account', { reason: null })
    const entries = await inRegion()
    const kinds = ['key-revoked', 'account-suspended', 'account-resumed', 'account-suspended']
    expect(entries.map(({ kind }) => kind)).toEqual(kinds)
    // As if the first had not arrived yet: the repeat brings it, at once or by the queue.
    const [revoked] = entries
    await worker.region.redis.del('keys:journal')
    await revoke(key.id)
    expect(await inRegion()).toEqual([revoked])
    await makeOld()
    const commandId = await revoke(key.id)
    expect(await statusOf(commandId)).toBe('applied')
    await worker.region.redis.del('keys:journal')
    const job = { commandId, region: 'primary', keyIds: [key.id], accountIds: [], serviceTokenIds: [] }
    await handlers['propagate-state'](worker.context, job)
    expect(await inRegion()).toEqual([revoked])
  })

  it('gets an entry from what a worker of 0.2.0 had ended without one', async () => {
    await run('suspend-account', { reason: null })
    await run('resume-account', {})
    await worker.em().execute('update account set suspended_at = now() where id = ?', [accountId])
    for (let time = 0; time < 2; time++) await run('suspend-account', { reason: null })
    const kinds = ['account-suspended', 'account-resumed', 'account-suspended']
    expect((await inRegion()).map(({ kind }) => kind)).toEqual(kinds)
  })

  it('gives each entry the next sequence, however many commands end something at once', async () => {
    const before = await lastSequence()
    const keys = await Promise.all(Array.from({ length: 8 }, createKey))
    await Promise.all(keys.map(({ id }) => revoke(id)))
    const sequences = (await inRegion()).map(({ sequence }) => sequence)
    expect(sequences).toEqual(keys.map((_, index) => before + index + 1))
  })

  it('loses entries of more than eight days ago, but for the newest', async () => {
    const first = await lastSequence()
    const old = Date.now() - 9 * DAY_MS
    await put(
      entryOf(first + 100, 'key-revoked', 'key_1', old),
      entryOf(first + 101, 'key-revoked', 'key_2', old),
    )
    expect((await inRegion()).map(({ subject }) => subject)).toEqual(['key_2'])
    await put(entryOf(first + 102, 'key-revoked', 'key_3'))
    expect((await inRegion()).map(({ subject }) => subject)).toEqual(['key_3'])
  })

  it('is forgotten in Postgres after a while, and Postgres still counts as one that had it', async () => {
    await revoke((await createKey()).id)
    const [entry] = await inRegion()
    if (!entry) throw new Error('There is no entry')
    await forgetJournal(worker.em(), new Date(Date.now() + 1_000))
    expect(await worker.em().execute('select 1 from journal')).toEqual([])
    expect(await holdsEntry(worker.em(), entry)).toBe(true)
    expect(await holdsEntry(worker.em(), { sequence: entry.sequence + 1, id: randomUUID() })).toBe(false)
  })
})

describe('promise 15: a Postgres that lacks the last entry of the region', () => {
  it('fills no state, no token, and nothing that a command carries', async () => {
    const key = await createKey()
    await worker.region.redis.unlink(`keys:${(await worker.region.marker()).split('|')[1]}:keys`)
    await makeOld()
    const read = () =>
      readKeyStates(worker.em(), 'digest', [key.digest], worker.clock.now, worker.region.name)
    await expect(fill(worker.region, read)).rejects.toThrow(TruthIsOld)
    expect(await worker.region.getStates([key.digest])).toEqual([undefined])
    await expect(fillTokens(worker.region, async () => [])).rejects.toThrow(TruthIsOld)
    const prepared = prepareRegions(worker.context, ['primary'])
    await eventually(
      async () => prepared.size,
      (size) => size === 1,
    )
    const changed = { keyIds: [key.id], accountIds: [] }
    const carried = await worker
      .em()
      .transactional((em) => carryStates(em, prepared, changed, worker.clock.now))
    expect(carried.size).toBe(0)
  })

  it('ends no command, until what is missing is back', async () => {
    const key = await createKey()
    await makeOld()
    const commandId = await revoke(key.id)
    expect(await statusOf(commandId)).toBe('applied')
    const propagated = { keyIds: [key.id], accountIds: [] }
    const job = { commandId, region: 'primary', ...propagated, serviceTokenIds: [] }
    await expect(handlers['propagate-state'](worker.context, job)).rejects.toThrow(TruthIsOld)
    await recovering(await inRegion(), true)
    await worker.region.check()
    await handlers['propagate-state'](worker.context, job)
    const subjects = (await inRegion()).map(({ subject }) => subject)
    expect(subjects).toContain(key.id)
    await handlers['finish-command'](worker.context, { commandId })
    expect(await statusOf(commandId)).toBe('succeeded')
  })

  it('lets no region have a lease, also where only another region knows', async () => {
    const context = { ...worker.context, lease: { ms: 1_000, marginMs: 0 } }
    const read = worker.region.journal
    await makeOld()
    await expect(renew(context, worker.region)).rejects.toThrow(TruthIsOld)
    const cutOff = {
      name: 'cut-off',
      marker: async () => 'a|b',
      journal: { requireLastKnown: async () => {} },
    }
    await expect(renew(context, cutOff as never)).rejects.toThrow(TruthIsOld)
    await expect(read.requireLastKnown()).rejects.toThrow(TruthIsOld)
  })

  it('is found by its entries, too: another one of the same sequence is refused', async () => {
    await revoke((await createKey()).id)
    const [entry] = await inRegion()
    if (!entry) throw new Error('There is no entry')
    await expect(put({ ...entry, id: randomUUID() })).rejects.toThrow(TruthIsOld)
    expect(await inRegion()).toEqual([entry])
    expect(await put(entry)).toBe(true)
  })
})

describe('recovering', () => {
  it('ends again what the regions remember, and the last word on an account or an expiry counts', async () => {
    const [revoked, deleted, expiring] = [await createKey(), await createKey(), await createKey()]
    const expiringNoMore = await createKey()
    const [suspended, resumed] = [await rows.account(), await rows.account()]
    const from = (await lastSequence()) + 1
    const until = new Date(Date.now() + 60_000).toISOString()
    const entries = [
      entryOf(from, 'key-revoked', revoked.id),
      entryOf(from + 1, 'key-deleted', deleted.id),
      { ...entryOf(from + 2, 'key-expires', expiring.id), until },
      { ...entryOf(from + 8, 'key-expires', expiringNoMore.id), until },
      entryOf(from + 9, 'key-expires', expiringNoMore.id),
      entryOf(from + 3, 'account-resumed', suspended),
      entryOf(from + 4, 'account-suspended', suspended),
      entryOf(from + 5, 'account-suspended', resumed),
      entryOf(from + 6, 'account-resumed', resumed),
      entryOf(from + 7, 'key-revoked', 'key_nobody_has'),
    ]
    expect(await recovering(entries.toReversed())).toMatchObject({
      entries: 10,
      keysRevoked: 1,
      keysDeleted: 1,
      keysExpiring: 1,
      accountsSuspended: 1,
      accountsResumed: 0,
    })
    expect([await keyStatus(revoked.id), await keyStatus(deleted.id)]).toEqual(['revoked', 'deleted'])
    expect(await expiryOf(expiring.id)).toBe(until)
    expect(await expiryOf(expiringNoMore.id)).toBeUndefined()
    expect(
      await worker
        .em()
        .execute(
          `select suspended_at is not null as suspended from account where id in (?, ?) order by id = ?`,
          [suspended, resumed, resumed],
        ),
    ).toEqual([{ suspended: true }, { suspended: false }])
    expect(await recovering(entries)).toMatchObject({ entries: 0, keysRevoked: 0 })
    expect(await worker.em().execute('select 1 from region_epoch')).toEqual([])
  })

  it('moves what no region has confirmed behind what comes back', async () => {
    const before = await lastSequence()
    const commandId = await revoke((await createKey()).id)
    await recovering([
      entryOf(before + 1, 'key-revoked', 'key_a'),
      entryOf(before + 2, 'key-revoked', 'key_b'),
    ])
    expect(await readJournalOf(worker.em(), commandId)).toMatchObject([{ sequence: before + 3 }])
    const next = await revoke((await createKey()).id)
    expect(await readJournalOf(worker.em(), next)).toMatchObject([{ sequence: before + 4 }])
  })

  it('stops at a gap, unless that is accepted', async () => {
    const entries = [entryOf((await lastSequence()) + 5, 'key-revoked', 'key_a')]
    await expect(recovering(entries)).rejects.toThrow(JournalGap)
    expect(await recovering(entries, true)).toMatchObject({ entries: 1 })
  })
})
