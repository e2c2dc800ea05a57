import { DAY_MS } from '../time.ts'
import type { Channel, SealedSecret } from './Channel.ts'

/** How long a webhook's former signing secret signs, too. */
const OVERLAP_MS = DAY_MS

/**
 * A channel with another address keeps its ID and secret, and is otherwise new: not verified, not disabled. Messages
 * still on their way to the previous address say nothing about the new one (`recordAttempt`).
 */
export function changeTarget(channel: Channel, sealedTarget: string): void {
  Object.assign(channel, {
    sealedTarget,
    verifiedAt: null,
    failingSince: null,
    disabledAt: null,
    disabledReason: null,
  })
}

/**
 * The new secret signs from now on, with the previous one beside it for a day. An older one no longer signs. Returns
 * until when the previous one does.
 */
export function addSecret(channel: Channel, sealed: string, now: Date): string {
  const [former] = JSON.parse(channel.sealedSecrets ?? '[]') as SealedSecret[]
  const formerUntil = new Date(now.getTime() + OVERLAP_MS).toISOString()
  const secrets: SealedSecret[] = [
    { sealed, validUntil: null },
    ...(former ? [{ sealed: former.sealed, validUntil: formerUntil }] : []),
  ]
  channel.sealedSecrets = JSON.stringify(secrets)
  return formerUntil
}
