import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Answer, createClient } from './client.ts'
import { eventually } from './eventually.ts'
import type { Random } from './random.ts'
import { seedKeys } from './seedKeys.ts'
import type { Service } from './startService.ts'

/** A process that verifies: an api, or a resource server with the library. */
export type Verifier = { pid: number; url: string }

type Fault = {
  begin: () => void
  /** While it lasts, when every revocation has been answered. */
  meanwhile?: () => Promise<unknown>
  end: () => void
}

const KEYS = 4
/** The fault and each revocation begin within this of each other. */
const RACE_MS = 60
/** See runTrials. */
const PAUSE_MS = 25

/**
 * Rounds in which keys are revoked under a fault, while all verifiers are asked about them all the time. Each
 * verification is judged by when it started: after the 200 of its key's revocation none may be accepted. `repeats`:
 * who revokes cannot be verified either while it lasts, and asks again.
 */
export async function revokeUnder(
  service: Service,
  verifiers: Verifier[],
  random: Random,
  { repeats = false }: { repeats?: boolean } = {},
) {
  const account = await service.account('enterprise')
  const [witness] = await seedKeys(service, account.accountId, 1)
  const revokedAt = new Map<string, number>()
  const seen = { acceptedBefore: 0, acceptedAfter: 0, refusedAfter: 0, confirmed: 0, lapsed: 0 }

  const ask = async ({ url }: Verifier, key = witness?.key ?? ''): Promise<Answer> => {
    const started = performance.now()
    const answer = await createClient(url, service.serviceToken).post('/verify', { key })
    expect([200, 503]).toContain(answer.status)
    const isAfter = started >= (revokedAt.get(key) ?? Number.POSITIVE_INFINITY)
    if (answer.body.valid) seen[isAfter ? 'acceptedAfter' : 'acceptedBefore'] += 1
    else if (isAfter && answer.status === 200) seen.refusedAfter += 1
    return answer
  }
  const askAll = (keys: string[]) =>
    Promise.all(verifiers.flatMap((verifier) => keys.map((key) => ask(verifier, key))))
  const revoke = async ({ id, key }: { id: string; key: string }) => {
    const { status, body } = await eventually(
      () => account.post(`/api-keys/${id}/revoke`),
      (answer) => !repeats || ![202, 503].includes(answer.status),
    )
    expect(status).toBe(200)
    revokedAt.set(key, performance.now())
    for (const { outcome } of body.fanOut.regions) seen[outcome as 'confirmed' | 'lapsed'] += 1
  }
  /** Until every verifier, all of which work, says this of all these keys. */
  const untilAll = (keys: string[], code: string) =>
    eventually(
      async () => (await askAll(keys)).map(({ status, body }) => body.code ?? status),
      (codes) => codes.every((one) => one === code),
    )
  const soon = () => delay(random.between(0, RACE_MS))

  return {
    seen,
    ask,
    round: async ({ begin, meanwhile, end }: Fault) => {
      const keys = await seedKeys(service, account.accountId, KEYS)
      const values = keys.map(({ key }) => key)
      await untilAll(values, 'VALID')
      let isOver = false
      const asking = Promise.all(
        verifiers.flatMap((verifier) =>
          values.map(async (key) => {
            for (; !isOver; await delay(PAUSE_MS)) await ask(verifier, key)
          }),
        ),
      )
      let late: Promise<unknown> = asking
      // What fails is seen when they are awaited.
      asking.catch(() => {})
      try {
        try {
          await Promise.all([soon().then(begin), ...keys.map((key) => soon().then(() => revoke(key)))])
          // Who is stopped has these in hand when it goes on.
          late = askAll(values)
          late.catch(() => {})
          await meanwhile?.()
        } finally {
          end()
        }
        await untilAll([witness?.key ?? ''], 'VALID')
      } finally {
        isOver = true
      }
      await Promise.all([late, asking])
      await untilAll(values, 'REVOKED')
      expect(seen.acceptedAfter).toBe(0)
    },
  }
}
