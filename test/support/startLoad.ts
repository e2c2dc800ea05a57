import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import type { Answer } from './client.ts'
import { eventually } from './eventually.ts'
import { expectCounted } from './expectCounted.ts'
import type { Service } from './startService.ts'

/** How long what was accepted may take until it is done. */
const DONE_MS = 90_000

/**
 * Verifies a key, reports usage of it and creates keys, all the time, as callers do who repeat what is answered 503.
 * `end` stops that and expects that nothing else was refused, that every key is there once and works, and that what was
 * acknowledged is counted exactly once; with `losesUsage` at most once. `clock`: when what is reported was, in Unix ms.
 */
export async function startLoad(service: Service, { clock = Date.now } = {}) {
  const account = await service.account('enterprise')
  const key = await account.createKey()
  const done = { verified: 0, reported: 0 }
  const created = new Map<string, string>()
  const wrong: Answer[] = []
  let isOver = false
  const note = (answer: Answer, ...expected: number[]) => {
    if (![...expected, 503].includes(answer.status)) wrong.push(answer)
    return answer
  }
  const verifying = async () => {
    for (; !isOver; await delay(5)) {
      const { status, body } = note(await service.server.post('/verify', { key: key.key }), 200)
      if (status === 200 && body.valid) done.verified += 1
    }
  }
  /** The same batch until it is acknowledged: what a fault has left of it counts as a duplicate then. */
  const reporting = async () => {
    for (let batch = 0; !isOver; batch += 1) {
      const events = Array.from({ length: 20 }, (_, place) => report(`event-${batch}-${place}`))
      await eventually(
        async () => note(await service.server.post('/usage/events', { events }), 202),
        ({ status }) => status === 202,
        DONE_MS,
      )
      done.reported += events.length
      await delay(20)
    }
  }
  const creating = async () => {
    for (let n = 0; !isOver; n += 1) {
      const name = `Key-${n}`
      const idempotency = { headers: { 'Idempotency-Key': name } }
      const ask = async () =>
        note(await account.post('/api-keys', { name, type: 'live' }, idempotency), 201, 202, 409)
      const { body } = await eventually(ask, ({ status }) => status === 201, DONE_MS)
      created.set(name, body.key)
      await delay(100)
    }
  }
  /** A reporter's IDs are its own for 35 days, whatever the key. */
  const report = (id: string) => ({
    id: `${key.id}-${id}`,
    at: new Date(clock()).toISOString(),
    keyId: key.id,
    status: 200,
  })
  const running = Promise.all([verifying(), verifying(), reporting(), creating()])
  // What fails is seen by `end`.
  running.catch(() => {})

  return {
    created,
    end: async ({ losesUsage = false } = {}) => {
      isOver = true
      await running
      expect(wrong).toEqual([])
      expect([done.verified > 0, done.reported > 0, created.size > 0]).toEqual([true, true, true])
      const [rows = []] = await runSql(
        service.databaseUrl,
        `select name from api_key where account_id = '${account.accountId}' and name like 'Key-%'`,
      )
      expect(rows.map(({ name }) => name).toSorted()).toEqual([...created.keys()].toSorted())
      for (const value of created.values()) {
        const answer = await eventually(
          () => service.server.post('/verify', { key: value }),
          ({ status }) => status === 200,
        )
        expect(answer.body.code).toBe('VALID')
      }
      const options = { losesSome: losesUsage, boundMs: DONE_MS }
      await expectCounted(service, [key.id], done.verified + done.reported, options)
    },
  }
}
