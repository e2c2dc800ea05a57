import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { recordArrivals } from '../../src/domain/regions.ts'
import { HOUR_MS } from '../../src/domain/time.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { writeStates } from '../../src/workers/regions/bringState.ts'
import {
  carryStates,
  type Prepared,
  prepareRegions,
  writeCarried,
} from '../../src/workers/regions/carryStates.ts'
import { createCommands } from '../support/commandRows.ts'
import { eventually } from '../support/eventually.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
let rows: ReturnType<typeof createCommands>
let accountId: string
beforeAll(async () => {
  worker = await startWorkerContext()
  rows = createCommands(worker)
  accountId = await rows.account()
})
afterAll(() => worker.stop())

/** A key that the region knows, by its command. */
async function createKey() {
  const key = { ...rows.newKey(), ...rows.newSecret() }
  const commandId = await rows.submit('create-api-key', accountId, key)
  await handlers['create-api-key'](worker.context, { commandId })
  return { id: key.keyId, digest: key.digest, commandId }
}

type Key = { id: string; digest: string }

const changed = ({ id }: Key) => ({ keyIds: [id], accountIds: [] })
const bring = (key: Key) => writeStates(worker.context, worker.region, changed(key), [])
const setName = (key: Key, name: string) =>
  worker.em().execute('update api_key set name = ?, version = version + 1 where id = ?', [name, key.id])

async function present({ digest }: Key) {
  const [state] = await worker.region.getStates([digest])
  return state && [state.key.name, state.key.version, state.key.status]
}

/** As a command has it: what the region must remember, from before the states are read. */
async function prepared(): Promise<Prepared> {
  const answers = prepareRegions(worker.context, ['primary', 'unknown'])
  return eventually(
    async () => answers,
    ({ size }) => size === 1,
  )
}

const carry = async (key: Key, before: Prepared) =>
  worker.em().transactional((em) => carryStates(em, before, changed(key), worker.clock.now))

describe('states that a transaction reads before it commits', () => {
  it('are in the region when the command is done, with who has it', async () => {
    const key = await createKey()
    expect(await present(key)).toEqual(['K', 1, 'active'])
    const { commandId } = key
    expect((await worker.em().findOneOrFail(CommandSchema, { id: commandId })).status).toBe('succeeded')
    const [arrived] = await worker
      .em()
      .execute<{ version: number }[]>('select version from key_region where key_id = ?', [key.id])
    expect(arrived).toEqual({ version: 1 })
    expect(await worker.em().execute('select 1 from outbox')).toEqual([])
  })

  it('are what the transaction commits, for every region that had answered before they were read', async () => {
    const key = await createKey()
    const before = await prepared()
    const carried = await worker.em().transactional(async (em) => {
      await em.execute(`update api_key set name = 'own', version = version + 1 where id = ?`, [key.id])
      return carryStates(em, before, changed(key), worker.clock.now)
    })
    expect(await writeCarried(worker.context, 'primary', carried, [])).toMatchObject({
      region: 'primary',
      versions: [{ keyId: key.id, version: 2 }],
    })
    expect(await present(key)).toEqual(['own', 2, 'active'])
    expect(await writeCarried(worker.context, 'unknown', carried, [])).toBeUndefined()
  })

  it('do not count for a region that answers while they are being read', async () => {
    const key = await createKey()
    const late: Prepared = new Map()
    const before = await prepared()
    const carried = await worker.em().transactional((em) => {
      const carrying = carryStates(em, late, changed(key), worker.clock.now)
      for (const [name, answer] of before) late.set(name, answer)
      return carrying
    })
    expect(await writeCarried(worker.context, 'primary', carried, [])).toBeUndefined()
  })

  it('promise 9: bring back nothing older, however late they are written', async () => {
    const key = await createKey()
    const carried = await carry(key, await prepared())
    await setName(key, 'newer')
    await bring(key)
    await writeCarried(worker.context, 'primary', carried, [])
    expect(await present(key)).toEqual(['newer', 2, 'active'])
  })

  it('promise 3: bring nothing back that the region has removed since: it is read again', async () => {
    const key = await createKey()
    const carried = await carry(key, await prepared())
    await worker
      .em()
      .execute(`update api_key set status = 'revoked', version = version + 1, revoked_at = ? where id = ?`, [
        new Date(worker.clock.now.getTime() - 25 * HOUR_MS),
        key.id,
      ])
    await bring(key)
    await handlers['sweep-region-states'](worker.context, { region: 'primary' })
    expect(await present(key)).toBeUndefined()
    expect(await writeCarried(worker.context, 'primary', carried, [])).toBeUndefined()
    expect(await present(key)).toBeUndefined()
  })

  it('count for nothing in an epoch that is not the registered one', async () => {
    const key = await createKey()
    const commandId = await rows.submit('update-api-key', accountId, {})
    await worker
      .em()
      .execute('insert into command_region (command_id, region) values (?, ?)', [commandId, 'primary'])
    const arrived = await bring(key)
    const elsewhere = { ...arrived, marker: 'another', versions: [{ keyId: key.id, version: 9 }] }
    const record = (one: typeof arrived) => recordArrivals(worker.em(), commandId, [one])
    const seen = () =>
      worker.em().execute(
        `select outcome, confirmed_at = ? as first, (select version from key_region where key_id = ? and region = 'primary')
           from command_region where command_id = ?`,
        [arrived.at, key.id, commandId],
      )
    expect(await record(elsewhere)).toEqual([])
    expect(await seen()).toEqual([{ outcome: null, first: null, version: 1 }])
    expect(await record(arrived)).toEqual(['primary'])
    expect(await seen()).toEqual([{ outcome: 'confirmed', first: true, version: 1 }])
    // Late and again, of an older version: the first time stays.
    await record({
      ...arrived,
      at: new Date(arrived.at.getTime() + 1),
      versions: [{ keyId: key.id, version: 0 }],
    })
    expect(await seen()).toEqual([{ outcome: 'confirmed', first: true, version: 1 }])
  })
})
