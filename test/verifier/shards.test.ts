import { randomBytes, randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/domain/ids.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { placeOfShard, regionOfShard, shardNames, shardOf, shardsIn } from '../../src/domain/shards.ts'
import { namesIn } from '../../src/platform/redisNames.ts'
import { RegionUnavailable } from '../../src/region/RegionUnavailable.ts'
import { createVerifier } from '../../src/verifier/createVerifier.ts'
import { eventually } from '../support/eventually.ts'
import { openLibrary } from '../support/libraries.ts'
import { type Service, startService } from '../support/startService.ts'

const SHARDS = 3

describe('a shard', () => {
  it('has a share of the accounts, and the name of its region', () => {
    const places = Array.from({ length: 16_000 }, () => shardOf(newId('account'), 16))
    for (let place = 0; place < 16; place++) {
      const share = places.filter((one) => one === place).length
      expect(share).toBeGreaterThan(850)
      expect(share).toBeLessThan(1_150)
    }
    expect(shardOf('acct_0000000000000000', 16)).toBe(shardOf('acct_0000000000000000', 16))
    const names = shardNames('eu-west', 3)
    expect(names).toEqual(['eu-west', 'eu-west.1', 'eu-west.2'])
    expect(names.map(regionOfShard)).toEqual(['eu-west', 'eu-west', 'eu-west'])
    expect(names.map(placeOfShard)).toEqual([0, 1, 2])
    expect(['1|a.b', '1|16xa.b', '1|4e1x.b'].map(shardsIn)).toEqual([1, 16, 1])
  })
})

describe('a region with 3 shards', () => {
  let service: Service
  let accounts: Awaited<ReturnType<Service['account']>>[]
  /** One in each shard, in their order. */
  beforeAll(async () => {
    service = await startService({ env: { SHARDS: String(SHARDS) } })
    const found = new Map<number, (typeof accounts)[number]>()
    while (found.size < SHARDS) {
      const account = await service.account('enterprise')
      found.set(shardOf(account.accountId, SHARDS), account)
    }
    accounts = Array.from({ length: SHARDS }, (_, place) => found.get(place) as (typeof accounts)[number])
  })
  afterAll(() => service.stop())

  it('is one region to those who ask', async () => {
    for (const account of accounts) {
      const { id } = await account.createKey()
      expect((await account.get(`/api-keys/${id}`)).body.regions).toEqual([
        { region: 'primary', arrivedAt: expect.any(String) },
      ])
      expect((await account.post(`/api-keys/${id}/revoke`)).body.fanOut.regions).toEqual([
        { region: 'primary', outcome: 'confirmed', tookMs: expect.any(Number) },
      ])
    }
    expect(await (await fetch(`${service.url}/readyz`)).json()).toMatchObject({
      ready: true,
      checks: { redis: 'ok' },
    })
  })

  it('promise 2: counts reports of several accounts in one batch, and each of them once', async () => {
    const keys = await Promise.all(accounts.map((account) => account.createKey()))
    const events = keys.map(({ id }) => ({
      id: randomBytes(8).toString('hex'),
      at: new Date().toISOString(),
      keyId: id,
      status: 200,
    }))
    const report = () => service.server.post('/usage/events', { events })
    expect((await report()).body).toEqual({ accepted: SHARDS, duplicates: 0 })
    expect((await report()).body).toEqual({ accepted: 0, duplicates: SHARDS })
    for (const [place, account] of accounts.entries())
      await eventually(
        async () => (await account.get(`/api-keys/${keys[place]?.id}/usage`)).body.windows['24h'].requests,
        (requests) => requests === 1,
      )
  })

  it('promise 2: repeats a verification under its Idempotency-Key, and refuses another, of any account', async () => {
    const keys = await Promise.all(accounts.map((account) => account.createKey()))
    const [first = '', ...others] = keys.map(({ key }) => key)
    const headers = { 'Idempotency-Key': randomBytes(8).toString('hex') }
    const ask = (key: string) => service.server.post('/verify', { key }, { headers })
    const [decided, repeated] = [await ask(first), await ask(first)]
    expect(decided.body.code).toBe('VALID')
    expect(repeated.body).toMatchObject({ requestId: decided.body.requestId, requestsToday: 1 })
    for (const key of others)
      expect(await ask(key)).toMatchObject({
        status: 422,
        body: { type: expect.stringContaining('idempotency-conflict') },
      })
  })

  it('promise 2: of many verifications under one Idempotency-Key at once, those of one key are decided, as one', async () => {
    const keys = await Promise.all(accounts.map((account) => account.createKey()))
    const headers = { 'Idempotency-Key': randomBytes(8).toString('hex') }
    // Nobody has this key: nothing is kept of it.
    const unknown = generateSecret('pk', 'live').value
    expect((await service.server.post('/verify', { key: unknown }, { headers })).body.code).toBe('NOT_FOUND')
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => keys)
        .flat()
        .map(({ key }) => service.server.post('/verify', { key }, { headers })),
    )
    const decided = answers.filter(({ status }) => status === 200)
    expect(new Set(decided.map(({ body }) => body.requestId)).size).toBe(1)
    expect(decided).toHaveLength(10)
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(20)
  })

  it('promise 13: forgets a revoked service token in every shard', async () => {
    const keys = await Promise.all(accounts.map((account) => account.createKey()))
    const made = await service.cli('service-token', 'create', '--name', 'Short')
    const library = await openLibrary({
      redisUrl: service.redis.url,
      serviceToken: made.serviceToken ?? '',
    })
    for (const { key } of keys) expect((await library.verify({ value: key })).code).toBe('VALID')
    await service.cli('service-token', 'revoke', made.serviceTokenId ?? '')
    for (const { key } of keys)
      await expect(library.verify({ value: key })).rejects.toThrow(RegionUnavailable)
    await library.close()
  })

  it('promise 15: fills nothing from a Postgres that lacks what one of them has', async () => {
    const { key } = (await accounts[1]?.createKey()) ?? {}
    const redis = new Redis(service.redis.url)
    const names = namesIn(service.redis.url, 1)
    const marker = await redis.get(names.marker)
    await redis.unlink(`${names.states(marker ?? '')}keys`)
    const sequence = 1_000_000
    const later = {
      sequence,
      id: randomUUID(),
      kind: 'key-revoked',
      subject: 'key_1',
      until: null,
      at: Date.now(),
    }
    await redis.zadd(names.journal, sequence, JSON.stringify(later))
    const ask = () => service.server.post('/verify', { key })
    expect((await ask()).status).toBe(503)
    await redis.zrem(names.journal, JSON.stringify(later))
    expect((await ask()).body.code).toBe('VALID')
    redis.disconnect()
  })

  it('a library learns how many there are', async () => {
    const errors: unknown[] = []
    const library = createVerifier({
      redisUrl: service.redis.url,
      serviceToken: service.serviceToken,
      onError: (error) => void errors.push(error),
    })
    await library.ready()
    const { key = '' } = (await accounts[0]?.createKey()) ?? {}
    expect((await library.verify({ value: key })).code).toBe('VALID')
    await library.close()
    expect(errors).toEqual([])
  })

  it('a worker that knows of another number waits', async () => {
    const worker = service.startWorker({ SHARDS: '4' })
    const said = () =>
      service.output.find((line) => line.includes('shards-mismatch') && line.includes(`:${worker.pid},`))
    await eventually(
      async () => said(),
      (line) => line !== undefined,
    )
    await worker.end()
  })

  it.each([
    ['65', 'at most 64'],
    ['2', 'into more'],
    ['1.5', 'must be whole'],
    ['many', 'must be whole'],
  ])('is not divided into %s', async (number, why) => {
    await expect(service.cli('shards', number)).rejects.toThrow(why)
    expect(await service.cli('shards')).toEqual({ shards: SHARDS })
  })

  it('a migration says what SHARDS must be', async () => {
    service.env.SHARDS = 'many'
    const migrating = service.cli('migrate')
    service.env.SHARDS = String(SHARDS)
    await expect(migrating).rejects.toThrow('SHARDS must be a whole number from 1 to 64.')
  })

  it('erases an account wherever it lives', async () => {
    for (const account of accounts) {
      const { key } = await account.createKey()
      expect((await service.server.post('/verify', { key })).body.code).toBe('VALID')
      await service.cli('account', 'erase', account.accountId)
      expect((await service.server.post('/verify', { key })).status).toBe(200)
      expect((await service.server.post('/verify', { key })).body.valid).toBe(false)
    }
  })
})
