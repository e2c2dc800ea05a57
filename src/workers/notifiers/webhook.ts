import { createHmac } from 'node:crypto'
import { SIGNING_SECRET_PREFIX } from '../../domain/notifications/Channel.ts'
import type { Outcome } from './Outcome.ts'
import { type OutboundPolicy, postMessage } from './postMessage.ts'
import type { Content } from './webhookContent.ts'

/** The key behind a `whsec_…` secret: its bytes, as Standard Webhooks defines them. */
const keyOf = (secret: string) => Buffer.from(secret.slice(SIGNING_SECRET_PREFIX.length), 'base64')

/**
 * The headers that prove a body ours, by every secret that is valid, newest first. Standard Webhooks: base64 of
 * HMAC-SHA-256 over `id.timestamp.body` under the decoded secret. Pictify's own: hex of HMAC-SHA-256 over `t.body`
 * under the secret as it is written. `id` is the same in every attempt, `timestamp` is the attempt's.
 */
function signatureHeaders(id: string, body: Buffer, secrets: string[], now: Date): Record<string, string> {
  const seconds = Math.floor(now.getTime() / 1000)
  const standard = secrets.map((secret) => {
    const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.`).update(body)
    return `v1,${signature.digest('base64')}`
  })
  const own = secrets.map((secret) => {
    const signature = createHmac('sha256', secret).update(`${seconds}.`).update(body)
    return `v1=${signature.digest('hex')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': standard.join(' '),
    'X-Pictify-Signature': [`t=${seconds}`, ...own].join(','),
  }
}

export function sendWebhook(
  policy: OutboundPolicy,
  message: { id: string; content: Content; target: string; secrets: string[]; now: Date },
): Promise<Outcome> {
  const { id, content, target, secrets, now } = message
  // The same bytes in every attempt: they are made of rows that do not change.
  const body = Buffer.from(JSON.stringify(content.body))
  const headers = { 'Content-Type': content.type, ...signatureHeaders(id, body, secrets, now) }
  return postMessage(target, headers, body, policy, now)
}
