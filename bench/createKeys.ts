import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Service } from './startService.ts'

/** What the load is made with. `file` holds one `keyId value` a line. */
export type Keys = {
  accountId: string
  ids: string[]
  values: string[]
  file: string
  serviceToken: string
  adminKey: string
}

const AT_ONCE = 20

/** Environment of a service in which making keys is not held up by the bound on what one account may ask. */
export const MANY_CALLS = { CALLS_PER_MINUTE: '1000000' }

/** Large but finite, so that every limit is checked and counted, and none is met. */
const LIMITS = {
  requestsPerMinute: 100_000_000,
  requestsPerDay: 100_000_000,
  rendersPerMonth: 100_000_000,
  rendersHard: true,
}

/** An account with its own limits, its live keys and a service token; needs a worker. */
export async function createKeys(
  { api, cli, folder }: Pick<Service, 'cli' | 'folder'> & { api: { url: string } },
  count = 200,
): Promise<Keys> {
  const { accountId = '', adminKey = '' } = await cli(
    'account',
    'create',
    '--name',
    'Bench',
    '--plan',
    'enterprise',
  )
  await cli('account', 'limits', accountId, JSON.stringify(LIMITS))
  const { serviceToken = '' } = await cli('service-token', 'create', '--name', 'Bench')
  const keys: { id: string; key: string }[] = []
  while (keys.length < count) {
    const some = Array.from({ length: AT_ONCE }, (_, index) =>
      createKey(api.url, adminKey, `Bench ${keys.length + index}`),
    )
    keys.push(...(await Promise.all(some)))
  }
  const file = join(folder, 'keys.txt')
  await writeFile(file, keys.map(({ id, key }) => `${id} ${key}\n`).join(''), { mode: 0o600 })
  const [ids, values] = [keys.map(({ id }) => id), keys.map(({ key }) => key)]
  return { accountId, ids, values, file, serviceToken, adminKey }
}

/** One live key. Waits where its account has made too many calls, or a worker is busy. */
export async function createKey(
  url: string,
  adminKey: string,
  name: string,
  access = 'full',
): Promise<{ id: string; key: string }> {
  const headers = { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' }
  const body = JSON.stringify({ name, type: 'live', access })
  const response = await fetch(`${url}/api-keys`, { method: 'POST', headers, body })
  if (response.status === 429) {
    await response.arrayBuffer()
    await delay(Number(response.headers.get('retry-after')) * 1000)
    return createKey(url, adminKey, name, access)
  }
  if (response.status === 201) return (await response.json()) as { id: string; key: string }
  if (response.status !== 202)
    throw new Error(`A key was not created: ${response.status} ${await response.text()}`)
  // On a busy machine a worker may need longer than the api waits.
  const { operation, key } = (await response.json()) as { operation: { id: string }; key: string }
  for (;;) {
    await delay(500)
    const read = await fetch(`${url}/operations/${operation.id}`, { headers })
    const { status, result } = (await read.json()) as { status: string; result?: { id: string } }
    if (status === 'succeeded' && result) return { id: result.id, key }
    if (status === 'failed') throw new Error('A key was not created: its command has failed.')
  }
}
