import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let redis: Redis
beforeAll(async () => {
  await awayFromMidnight(120_000)
  // Each answer waits for the disk: then a stop often falls between a decision and its answer.
  service = await startService({ appendfsync: 'always' })
  redis = new Redis(service.redis.url)
})
afterAll(async () => {
  redis.disconnect()
  await service.stop()
})

type Seen = { valid: number; refused: number; unavailable: number; others: number }

/** Asks for renders with this key, several at a time, until `stop`; `seen` is what was answered so far. */
function load(key: string) {
  const seen: Seen = { valid: 0, refused: 0, unavailable: 0, others: 0 }
  let stopped = false
  const ask = async () => {
    while (!stopped) {
      const { status, body } = await service.server.post('/verify', { key, permission: 'renders:write' })
      if (status === 200) seen[body.valid ? 'valid' : 'refused'] += 1
      else if (status === 503) seen.unavailable += 1
      else seen.others += 1
    }
  }
  const asking = Promise.all(Array.from({ length: 8 }, ask))
  return {
    seen,
    more: (kind: keyof Seen, count: number) => {
      const wanted = seen[kind] + count
      return eventually(
        async () => seen[kind],
        (now) => now >= wanted,
      )
    },
    stop: () => {
      stopped = true
      return asking
    },
  }
}

it('what was answered 503 is neither counted, nor limited, nor billed, whenever Redis or the api stood still', async () => {
  const account = await service.account('enterprise')
  const live = await account.createKey()
  const test = await account.createKey({ type: 'test' })
  const [onLive, onTest] = [load(live.key), load(test.key)]
  for (let round = 0; round < 4; round++) {
    await onLive.more('valid', 25)
    process.kill(service.redis.pid, 'SIGSTOP')
    await onLive.more('unavailable', 16)
    process.kill(service.redis.pid, 'SIGCONT')
  }
  await onLive.more('valid', 25)
  const api = service.apis[0]?.pid ?? 0
  process.kill(api, 'SIGSTOP')
  // Longer than its callers are given.
  await delay(1_500)
  process.kill(api, 'SIGCONT')
  await onLive.more('valid', 25)
  await onTest.more('refused', 1)
  await Promise.all([onLive.stop(), onTest.stop()])
  expect([onLive.seen.others, onTest.seen.others]).toEqual([0, 0])

  const valid = onLive.seen.valid
  expect(onTest.seen.valid).toBe(100)
  const today = new Date().toISOString().slice(0, 10)
  const counted = await Promise.all([
    redis.hget(`keys:requests:day:${today}`, live.id),
    redis.hget(`keys:requests:day:${today}`, test.id),
    redis.hget(`keys:test-renders:day:${today}`, test.id),
    redis.hget(`keys:renders:month:${today.slice(0, 7)}`, account.accountId),
  ])
  expect(counted).toEqual([valid, 100, 100, valid].map(String))
  const answer = await service.server.post('/verify', { key: live.key, permission: 'renders:write' })
  expect(answer.headers.get('x-usage-requests-today')).toBe(String(valid + 1))
  await eventually(
    async () => (await account.get(`/api-keys/${live.id}/usage`)).body.windows['24h'],
    ({ requests, units }) => requests === valid + 1 && units === valid + 1,
  )
  await eventually(
    async () => (await account.get(`/api-keys/${test.id}/usage`)).body.windows['24h'],
    ({ requests }) => requests === 100,
  )
  // Nothing more comes: the metering jobs are done.
  await eventually(
    () => Promise.all(['metering', 'slots'].map((queue) => redis.llen(`bull:${queue}:wait`))),
    (waiting) => waiting.every((count) => count === 0),
  )
  const { requests } = (await account.get(`/api-keys/${live.id}/usage`)).body.windows['24h']
  expect(requests).toBe(valid + 1)
})
