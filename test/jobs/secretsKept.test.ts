import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { commands } from '../../src/domain/commands/catalogue.ts'
import { Failure } from '../../src/domain/failure.ts'
import { readKeyUse } from '../../src/domain/secrets/keyUse.ts'
import { SEALED_COLUMNS } from '../../src/domain/secrets/sealedColumns.ts'
import { createCommands } from '../support/commandRows.ts'
import { secretsKey } from '../support/secretsKeys.ts'
import { ONE, startRotation, TWO } from '../support/startRotation.ts'

type Rotation = Awaited<ReturnType<typeof startRotation>>
let world: Rotation['world']
let { sql, use, message, makeAll, columnsWith, submitWith, clear } = {} as Rotation
beforeAll(async () => {
  ;({ world, sql, use, message, makeAll, columnsWith, submitWith, clear } = await startRotation())
})
afterAll(() => world.stop())
afterEach(() => clear())

describe('the list of what depends on a secrets key', () => {
  it('has every column whose name says that it is sealed or a keyed hash', async () => {
    const columns = await sql<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'public' and column_name ~ 'sealed|_hash$'`,
    )
    const listed = SEALED_COLUMNS.map(({ column }) => column)
    // Hashes of what people choose, which have a salt of their own, and of nothing secret.
    const others = ['member.password_hash', 'person.password_hash', 'import.record_hash']
    const missing = columns.map(({ name }) => name).filter((name) => !listed.includes(name))
    expect(missing.filter((name) => !others.includes(name))).toEqual([])
  })

  it('has every field of a command that is sealed', () => {
    const fields = new Set<string>()
    const walk = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return
      const { shape, def } = schema as { shape?: Record<string, unknown>; def?: Record<string, unknown> }
      for (const [name, inner] of Object.entries(shape ?? {})) {
        if (/sealed/i.test(name)) fields.add(name)
        walk(inner)
      }
      for (const part of ['innerType', 'element', 'in', 'out']) walk(def?.[part])
      for (const option of (def?.options as unknown[]) ?? []) walk(option)
    }
    for (const { payload } of Object.values(commands)) walk(payload)
    const { values = '' } = SEALED_COLUMNS.find(({ column }) => column === 'command.payload') ?? {}
    expect([...fields].toSorted()).toEqual(['sealed', 'sealedSecret', 'sealedTarget'])
    for (const field of fields) expect(values).toContain(`.${field}'`)
  })

  it('counts every value that the service has written, wherever it is', async () => {
    use(`4711:${secretsKey(5)}`)
    await makeAll()
    await message('alert.test', await world.channel('webhook', '/x', { verifiedAt: null })).then(
      world.deliver,
    )
    const { vault } = world.worker.context.notifiers
    const rows = createCommands(world.worker)
    const link = { digest: 'd', sealed: vault.seal('t', 'c') }
    const fields = { channelId: 'chan_x', type: 'webhook', name: 'C', events: [] }
    const sealed = { sealedTarget: vault.seal('t', 'c'), sealedSecret: vault.seal('t', 'c'), link }
    await rows.submit('create-channel', 'acct_1', { ...fields, ...sealed })
    const move = { sealedTarget: vault.seal('t', 'c'), link }
    await rows.submit('update-channel', 'acct_1', { channelId: 'chan_x', name: null, move, events: null })
    await submitWith(`4711:${secretsKey(5)}`, '', 'a key')

    const found = Object.keys(await columnsWith('(^|")4711[.][A-Za-z0-9_-]{20,}'))
    expect(found.length).toBeGreaterThan(6)
    const listed = SEALED_COLUMNS.map(({ column }) => column)
    expect(found.filter((column) => !listed.includes(column))).toEqual([])
    const [use4711, ...others] = await readKeyUse(world.worker.em())
    expect([use4711?.key, others]).toEqual([4711, []])
    const what = new Set(Object.keys(use4711?.of ?? {}))
    const counted = SEALED_COLUMNS.filter((one) => what.has(one.what)).map(({ column }) => column)
    expect(counted.toSorted()).toEqual(found.toSorted())
    expect(use4711?.of['unfinished-commands']).toBe(5)
  })
})

describe('limits per address hold over a rotation', () => {
  it('messages to an unconfirmed address', async () => {
    const to = 'victim@example.org'
    const id = await world.channel('email', to, { verifiedAt: null })
    for (let n = 0; n < 2; n++) await message('channel.verify', id).then(world.deliver)
    use(TWO, ONE)
    for (let n = 0; n < 3; n++) await message('channel.verify', id).then(world.deliver)
    expect(world.smtp.mails.filter((mail) => mail.to.includes(to))).toHaveLength(3)
  })
})

describe('promise 1: an Idempotency-Key is done once over a rotation', () => {
  it('by processes with either key as the current one, at the same time', async () => {
    const sides = [
      [ONE, TWO],
      [TWO, ONE],
    ] as const
    for (let turn = 0; turn < 10; turn++) {
      const all = Array.from({ length: 6 }, (_, n) => submitWith(...sides[n % 2]!, `turn ${turn}`))
      const outcomes = await Promise.allSettled(all)
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes)
        if (outcome.status === 'rejected')
          expect(outcome.reason).toMatchObject({ code: 'idempotency-in-flight' })
    }
    expect(await world.worker.em().count(CommandSchema, {})).toBe(10)
  })

  it('and repeats its answer, secret and all, in every later step', async () => {
    const { command } = await submitWith(ONE, TWO, 'repeated')
    await sql(`update command set status = 'succeeded', result = '{}' where id = ?`, [command.id])
    for (const [current, reading] of [
      [ONE, TWO],
      [TWO, ONE],
    ] as const) {
      expect(await submitWith(current, reading, 'repeated')).toMatchObject({
        replayed: true,
        secret: 'a secret',
      })
      const other = submitWith(current, reading, 'repeated', 'another body')
      await expect(other).rejects.toBeInstanceOf(Failure)
    }
    world.pass(25 * 3_600_000)
    expect(await submitWith(TWO, ONE, 'repeated')).toMatchObject({ replayed: false })
    world.worker.clock.now = new Date()
  })
})
