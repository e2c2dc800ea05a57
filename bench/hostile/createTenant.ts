import { setTimeout as delay } from 'node:timers/promises'
import { createKey } from '../createKeys.ts'
import type { Service } from '../startService.ts'

/** Keys that are there to be revoked, rotated and deleted. */
const SPARE_KEYS = 40
/** Soon used up: a known key over its limit floods the hot path, too. */
const REQUESTS_PER_MINUTE = 100

export type Tenant = {
  /**
   * Admin keys, by what a call counts as: cheap calls would use up the budget of a key before a costly one finds room
   * in it.
   */
  adminKeys: { cheap: string; costly: string; streams: string }
  /** The key that is verified. Nothing ends it. */
  own: { id: string; key: string }
  spareKeys: string[]
  /** These stay, too; the flood makes and ends others. */
  channelId: string
  ruleId: string
  member: { id: string; email: string; cookie: string }
  webhookUrl: string
}

/** An account of which every route has something to work on. Needs a worker. */
export async function createTenant({ api, cli }: Service, webhookUrl: string): Promise<Tenant> {
  const { adminKey = '', accountId = '' } = await cli(
    'account',
    'create',
    '--name',
    'Hostile',
    '--plan',
    'enterprise',
  )
  await cli('account', 'limits', accountId, JSON.stringify({ requestsPerMinute: REQUESTS_PER_MINUTE }))
  const post = async (path: string, body: object): Promise<{ id: string; cookies: string[] }> => {
    const response = await fetch(`${api.url}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as Record<string, string>
    if (response.status === 429) {
      await delay(Number(response.headers.get('retry-after')) * 1000)
      return post(path, body)
    }
    if (response.status !== 201) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
    return { id: answer.id ?? '', cookies: response.headers.getSetCookie() }
  }
  const admin = () => createKey(api.url, adminKey, 'Admin', 'admin')
  const [costly, streams, own] = [await admin(), await admin(), await createKey(api.url, adminKey, 'Own')]
  const spare: { id: string }[] = []
  while (spare.length < SPARE_KEYS) spare.push(await createKey(api.url, adminKey, 'Spare'))
  const { id: channelId } = await post('/channels', {
    type: 'webhook',
    name: 'Flooded',
    url: webhookUrl,
    events: ['*'],
  })
  const { id: ruleId } = await post('/alerts', ruleOf(channelId))
  const [email, password] = [`${accountId.toLowerCase()}@example.com`, 'correct horse battery']
  const { id: memberId } = await post('/members', { email, password, role: 'viewer' })
  const { cookies } = await post('/session', { email, password })
  const cookie = cookies.map((line) => line.split(';')[0]).join('; ')
  return {
    adminKeys: { cheap: adminKey, costly: costly.key, streams: streams.key },
    own,
    spareKeys: spare.map(({ id }) => id),
    channelId,
    ruleId,
    member: { id: memberId, email, cookie },
    webhookUrl,
  }
}

/** A rule that fires with the first request. */
export const ruleOf = (channelId: string) => ({
  name: 'R',
  metric: 'requests',
  threshold: 1,
  window: '5m',
  channelIds: [channelId],
})
