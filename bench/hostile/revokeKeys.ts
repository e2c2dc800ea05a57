import { setTimeout as delay } from 'node:timers/promises'
import type { Keys } from '../createKeys.ts'
import type { Service } from '../startService.ts'

/** More than half of what an admin key may end. */
export const REVOKE_EVERY_MS = 170

/** Makes keys that are there to be revoked, and returns their IDs: as many calls would take an hour. */
export async function storeKeys(service: Service, { accountId }: Keys, count: number): Promise<string[]> {
  const rows = await service.query<{ id: string }>(
    `insert into api_key
     select made.* from generate_series(1, ?) n,
       (select to_jsonb(k) as key from api_key k where account_id = ? and access <> 'admin' limit 1) one,
       jsonb_populate_record(null::api_key, one.key || jsonb_build_object(
         'id', 'key_' || lpad(n::text, 16, '0'), 'name', 'Short-lived',
         'digest', translate(rtrim(encode(sha256(n::text::bytea), 'base64'), '='), '+/', '-_'))) made
     returning id`,
    [count, accountId],
  )
  return rows.map(({ id }) => id)
}

/** Revokes these keys, one after the other, until `isOver`. Times are in ms. */
export async function revokeKeys(url: string, adminKey: string, ids: string[], isOver: () => boolean) {
  const times: number[] = []
  let failed = 0
  for (let due = performance.now(); !isOver(); due = Math.max(due + REVOKE_EVERY_MS, performance.now())) {
    await delay(Math.max(0, due - performance.now()))
    const id = ids.shift()
    if (id === undefined) throw new Error('There is no key left to be revoked')
    const started = performance.now()
    const revoked = await fetch(`${url}/api-keys/${id}/revoke`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' },
      body: '{}',
    })
    await revoked.arrayBuffer()
    if (revoked.status === 200) times.push(performance.now() - started)
    else failed += 1
  }
  return { times, failed }
}
