import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService({ workers: 1 })
})
afterAll(() => service.stop())

type Line = { msg?: string; times?: number; err?: { stack: string } }
const linesOf = (text: string): Line[] =>
  service.output
    .join('')
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => JSON.parse(line))
const timesOf = (lines: Line[]) => lines.reduce((sum, { times = 1 }) => sum + times, 0)

it('while Redis is away, requests that fail are counted in the log, and do not fill it', async () => {
  const account = await service.account()
  const { key } = await account.createKey()
  expect((await service.server.post('/verify', { key })).status).toBe(200)
  await service.redis.stop()
  let unavailable = 0
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => service.server.post('/verify', { key })),
    )
    unavailable += answers.filter(({ status }) => status === 503).length
  }
  expect(unavailable).toBe(500)
  const text = 'a verification could not be answered'
  const lines = await eventually(
    async () => linesOf(text),
    (found) => timesOf(found) === unavailable,
  )
  expect(lines.length).toBeLessThan(100)
  expect(lines[0]).not.toHaveProperty('times')
  expect(lines[0]?.err?.stack).toContain('caused by')
})
