import { setTimeout as delay } from 'node:timers/promises'

/** How often one admin key revokes: with the creates before it, three quarters of what it may call. */
export const REVOKE_EVERY_MS = 130

/** Creates and revokes keys, one after the other by each admin key, until `isOver`. Times are of the revokes, in ms. */
export async function revokeKeys(url: string, adminKeys: string[], isOver: () => boolean) {
  const times: number[] = []
  let failed = 0
  const revokeOne = async (adminKey: string) => {
    const post = (path: string, body: object) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
    const created = await post('/api-keys', { name: 'Short-lived', type: 'live' })
    const { id } = (await created.json()) as { id?: string }
    const started = performance.now()
    const revoked = id === undefined ? created : await post(`/api-keys/${id}/revoke`, {})
    await revoked.arrayBuffer().catch(() => {})
    if (created.status === 201 && revoked.status === 200) times.push(performance.now() - started)
    else failed += 1
  }
  const lane = async (adminKey: string) => {
    for (let due = performance.now(); !isOver(); due = Math.max(due + REVOKE_EVERY_MS, performance.now())) {
      await delay(Math.max(0, due - performance.now()))
      await revokeOne(adminKey)
    }
  }
  await Promise.all(adminKeys.map(lane))
  return { times, failed }
}
