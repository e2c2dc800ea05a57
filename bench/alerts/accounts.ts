import { setTimeout as delay } from 'node:timers/promises'
import type { Service } from '../startService.ts'
import type { Receiver } from './receiver.ts'

/** An account whose rule one request crosses; `value` is that of its key. */
export type Watched = { accountId: string; keyId: string; value: string }

type Answer = {
  id: string
  verified?: boolean
  account: { id: string }
  adminKey: { id: string; key: string }
}

const AT_ONCE = 4
const POLL_MS = 50

/** Accounts with a key, a verified webhook and a rule each; needs a worker. */
export async function createWatched(service: Service, receiver: Receiver, count: number): Promise<Watched[]> {
  const { token = '' } = await service.cli('operator-token', 'create', '--name', 'Bench')
  const { url } = service.api
  const createOne = async (place: number): Promise<Watched> => {
    const body = { name: `Watched ${place}`, plan: 'pro', adminKey: true }
    const { account, adminKey } = await call(url, token, 'POST', '/accounts', body)
    const hook = { type: 'webhook', name: 'Bench', url: receiver.urlOf(account.id) }
    let channel = await call(url, adminKey.key, 'POST', '/channels', hook)
    while (!channel.verified) {
      await delay(POLL_MS)
      channel = await call(url, adminKey.key, 'GET', `/channels/${channel.id}`)
    }
    await addRule(url, adminKey.key, { threshold: 0, channelIds: [channel.id] })
    return { accountId: account.id, keyId: adminKey.id, value: adminKey.key }
  }
  const made: Watched[] = []
  while (made.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - made.length) }, (_, index) =>
      createOne(made.length + index),
    )
    made.push(...(await Promise.all(some)))
  }
  return made
}

/** Adds a rule over the account's requests of five minutes. */
export const addRule = (url: string, adminKey: string, rule: { threshold: number; channelIds: string[] }) =>
  call(url, adminKey, 'POST', '/alerts', { name: 'Bench', metric: 'requests', window: '5m', ...rule })

async function call(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${text}`)
  return JSON.parse(text)
}
