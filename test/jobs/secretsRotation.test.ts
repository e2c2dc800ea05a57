import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sealContext } from '../../src/domain/notifications/Channel.ts'
import { readKeyUse } from '../../src/domain/secrets/keyUse.ts'
import { resealBatch } from '../../src/domain/secrets/resealRows.ts'
import { SEALED_COLUMNS } from '../../src/domain/secrets/sealedColumns.ts'
import { resealSecrets } from '../../src/platform/resealSecrets.ts'
import { readSecretsKeys } from '../../src/platform/secretsKeys.ts'
import { createVault } from '../../src/platform/vault.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { secretsKey } from '../support/secretsKeys.ts'
import { SECRETS } from '../support/startDeliveries.ts'
import { ONE, startRotation, TWO } from '../support/startRotation.ts'

/** Enough for two batches. */
const MANY = 130

type Rotation = Awaited<ReturnType<typeof startRotation>>
let world: Rotation['world']
let { sql, use, message, makeAll, reseal, columnsWith, clear } = {} as Rotation
beforeAll(async () => {
  ;({ world, sql, use, message, makeAll, reseal, columnsWith, clear } = await startRotation())
})
afterAll(() => world.stop())
afterEach(() => clear())

const vaultOf = (SECRETS_KEY: string, SECRETS_KEYS_READ = '') =>
  createVault(readSecretsKeys({ SECRETS_KEY, SECRETS_KEYS_READ }))

describe('sealing again', () => {
  it('covers every value, in batches, ends anywhere, and goes on; then the old key can be removed', async () => {
    const { webhooks, link } = await makeAll(MANY)
    use(TWO, ONE)
    // Dies after the first batch.
    const { vault } = world.worker.context.notifiers
    const first = await world.worker.em().transactional((em) => resealBatch(em, 'channels', vault, ''))
    expect(first).toMatchObject({ rows: 100, failures: [] })
    const [before] = await readKeyUse(world.worker.em())
    expect(before?.key).toBe(1)
    // While deliveries go on, of what was sealed again and of what was not.
    const during = await world.fire(...webhooks.slice(0, 3), ...webhooks.slice(-3))
    await Promise.all([...during.map(world.deliver), reseal()])
    await reseal()
    for (const id of during) if ((await world.read(id)).status !== 'delivered') await world.deliver(id)

    expect((await readKeyUse(world.worker.em())).map(({ key }) => key)).toEqual([2])
    // Not by the job's own list: nothing in the database has the form of a value under key 1.
    const resealed = SEALED_COLUMNS.filter((one) => one.resealed).map(({ column }) => column)
    const under2 = await columnsWith('(^|")2[.][A-Za-z0-9_-]{20,}|"2[.][A-Za-z0-9_-]{20,}')
    expect(under2).toMatchObject(Object.fromEntries(resealed.map((column) => [column, expect.any(Number)])))
    const [left] = await sql<{ n: number }>(
      `select count(*)::int n from channel where sealed_target !~ '^2[.]' or sealed_secrets ~ '"sealed":"[^2]'`,
    )
    expect(left?.n).toBe(0)

    use(TWO)
    const after = await world.fire(...webhooks.slice(0, 3), ...webhooks.slice(-3))
    await Promise.all(after.map(world.deliver))
    for (const id of [...during, ...after]) {
      const received = world.receiver.received.find(({ headers }) => headers['webhook-id'] === id)
      const headers = received?.headers as Record<string, string>
      for (const secret of SECRETS)
        expect(() => new Webhook(secret).verify(String(received?.body), headers)).not.toThrow()
    }
    await world.deliver(link)
    const mail = world.smtp.mails.find(({ raw }) => raw.includes(link))
    expect(mail?.raw.replace(/=\r?\n/g, '')).toContain('token')
  })

  it('runs twice with the same result, and never goes back to a lower number', async () => {
    await makeAll()
    use(TWO, ONE)
    await reseal()
    const read = () => sql('select sealed_target, sealed_secrets from channel order by id')
    const sealed = await read()
    await reseal()
    use(ONE, TWO)
    await reseal()
    expect(await read()).toEqual(sealed)
  })

  it('leaves what it cannot read as it is, says so, and goes on with the rest', async () => {
    use(`2:${secretsKey(9)}`)
    const [strange] = (await makeAll()).webhooks
    const [stranger] = await sql('select sealed_target, sealed_secrets from channel where id = ?', [strange])
    use(ONE)
    const { webhooks } = await makeAll()
    const vault = vaultOf(`3:${secretsKey(3)}`, `${ONE},${TWO}`)
    const { rows, failures } = await resealSecrets(world.worker.context.orm.em, 'channels', vault)
    expect(rows).toBe(4)
    expect(new Set(failures.map(({ message }) => message))).toEqual(
      new Set([
        'A stored secret is sealed under secrets key 2, but the one of this process does not open it.',
      ]),
    )
    const now = await sql('select sealed_target, sealed_secrets from channel where id = ?', [strange])
    expect(now).toEqual([stranger])
    const [{ sealed_target = '' } = {}] = await sql<{ sealed_target: string }>(
      'select sealed_target from channel where id = ?',
      [webhooks[0]],
    )
    expect(sealed_target).toMatch(/^3[.]/)
  })

  it('is started by the schedule while an older key is in use, and only then', async () => {
    const queue = world.worker.context.queues.byName.maintenance
    const kinds = async () => {
      await handlers['reseal-secrets'](world.worker.context, {})
      const jobs = await queue.getJobs(['waiting', 'prioritized', 'delayed'])
      const found = jobs.filter(({ name }) => name === 'reseal-secrets-of')
      await Promise.all(found.map((job) => job.remove()))
      return found.map(({ data }) => data.kind).toSorted()
    }
    await makeAll()
    expect(await kinds()).toEqual([])
    use(TWO, ONE)
    expect(await kinds()).toEqual(['channels', 'links'])
    await reseal()
    expect(await kinds()).toEqual([])
  })
})

describe('an attempt that is under way while its channel is sealed again', () => {
  it('still says of the channel what came of it', async () => {
    const id = await world.channel('webhook', '/held', { verifiedAt: null })
    const test = await message('alert.test', id)
    use(TWO, ONE)
    world.receiver.answers['/held'] = async (response) => {
      await reseal()
      response.end()
    }
    await world.deliver(test)
    expect((await world.read(test)).status).toBe('delivered')
    expect(await world.channelOf(id)).toMatchObject({
      verifiedAt: expect.any(Date),
      sealedTarget: expect.stringMatching(/^2[.]/),
    })
  })

  it('says nothing of a channel that was moved meanwhile', async () => {
    const id = await world.channel('webhook', '/moved', { verifiedAt: null })
    const test = await message('alert.test', id)
    world.receiver.answers['/moved'] = async (response) => {
      const { vault } = world.worker.context.notifiers
      const sealed = vault.seal(`${world.receiver.url}/elsewhere`, sealContext(id, 'target'))
      await sql('update channel set sealed_target = ? where id = ?', [sealed, id])
      response.end()
    }
    await world.deliver(test)
    expect((await world.channelOf(id)).verifiedAt).toBeNull()
  })
})

describe('a worker that lacks a key', () => {
  it('fails the attempt by the number of the key, keeps the message, and delivers it when it has the key', async () => {
    use(TWO)
    const id = await world.channel('webhook', '/later')
    const unverified = await world.channel('webhook', '/later-too', { verifiedAt: null })
    const ids = [...(await world.fire(id)), await message('alert.test', unverified)]
    use(ONE)
    for (const one of ids) {
      await world.deliver(one)
      expect(await world.read(one)).toMatchObject({ status: 'pending', attempts: 1 })
      expect(await world.attempts(one)).toMatchObject([
        { outcome: 'unreachable', response: expect.stringContaining('secrets key 2, which this process') },
      ])
    }
    world.pass(60_000)
    use(ONE, TWO)
    for (const one of ids) {
      await world.deliver(one)
      expect((await world.read(one)).status).toBe('delivered')
    }
  })
})
