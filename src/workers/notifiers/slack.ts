import type { Message } from '../../domain/notifications/messageOf.ts'
import { renderSlack } from '../../domain/notifications/renderSlack.ts'
import type { Outcome } from './Outcome.ts'
import { type OutboundPolicy, postMessage } from './postMessage.ts'

/** Posts to an incoming webhook of Slack. What Slack says of a missing channel or a removed app is a 404, not a 410. */
export async function sendSlack(
  policy: OutboundPolicy,
  { id, message, target, now }: { id: string; message: Message; target: string; now: Date },
): Promise<Outcome> {
  const body = Buffer.from(JSON.stringify(renderSlack(message, id)))
  const headers = { 'Content-Type': 'application/json; charset=utf-8' }
  return postMessage(target, headers, body, policy, now)
}
