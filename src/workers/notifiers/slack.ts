import { renderSlack } from '../../domain/notifications/renderSlack.ts'
import type { Told } from '../../domain/notifications/tell.ts'
import type { Outcome } from './Outcome.ts'
import { type Outside, postMessage } from './postMessage.ts'

/** Posts to an incoming webhook of Slack. What Slack says of a missing channel or a removed app is a 404, not a 410. */
export async function sendSlack(
  outside: Outside,
  message: { id: string; told: Told; target: string; now: Date },
): Promise<Outcome> {
  const body = Buffer.from(JSON.stringify(renderSlack(message.told, message.id)))
  const headers = { 'Content-Type': 'application/json; charset=utf-8' }
  return postMessage(message.target, headers, body, outside, message.now)
}
