import { setTimeout as delay } from 'node:timers/promises'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import type { Keys } from '../createKeys.ts'
import { BOUNDS } from './bounds.ts'

const EVERY_MS = 1_000

export type Probed = { name: string; boundMs: number; times: number[]; statuses: number[] }

/** Calls that need Postgres, one of each kind a second, for so long. */
export async function probe(url: string, keys: Keys, forMs: number): Promise<Probed[]> {
  const kinds = kindsOf(url, keys).map((kind) => ({
    ...kind,
    times: [] as number[],
    statuses: [] as number[],
  }))
  const asking: Promise<void>[] = []
  for (const until = performance.now() + forMs; performance.now() < until; await delay(EVERY_MS))
    for (const { ask, times, statuses } of kinds) {
      const started = performance.now()
      const asked = ask().then((status) => {
        times.push(performance.now() - started)
        statuses.push(status)
      })
      asking.push(asked)
    }
  await Promise.all(asking)
  return kinds
}

/** One of each kind, so that their pools have connections: without them only connecting would be measured. */
export async function warmPools(url: string, keys: Keys): Promise<void> {
  await Promise.all(kindsOf(url, keys).map(({ ask }) => ask()))
}

/** The status of the answer to a request for a new key. */
export const createKey = (url: string, { adminKey }: Keys) =>
  call(url, '/api-keys', adminKey, { name: 'While it hangs', type: 'live' })

const kindsOf = (url: string, keys: Keys) => [
  {
    name: 'an unknown key, `POST /verify`',
    boundMs: BOUNDS.unknownKey,
    ask: () => call(url, '/verify', keys.serviceToken, { key: generateSecret('pk', 'live').value }),
  },
  {
    name: 'a read, `GET /api-keys`',
    boundMs: BOUNDS.read,
    ask: () => call(url, '/api-keys', keys.adminKey),
  },
  {
    name: 'a command, `POST /api-keys`',
    boundMs: BOUNDS.command,
    ask: () => createKey(url, keys),
  },
]

async function call(url: string, path: string, secret: string, body?: object): Promise<number> {
  const response = await fetch(`${url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  await response.arrayBuffer()
  return response.status
}
