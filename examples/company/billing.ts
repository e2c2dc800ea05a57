import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Customers } from './Customers.ts'
import type { Keys } from './keys.ts'

const BillingEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('plan.changed'), customerId: z.string(), plan: z.string() }),
  z.object({ type: z.literal('invoice.overdue'), customerId: z.string(), reason: z.string() }),
  z.object({ type: z.literal('invoice.paid'), customerId: z.string() }),
])

const BillingEventText = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue('must be JSON')
    }
  })
  .pipe(BillingEvent)

/** The hexadecimal HMAC-SHA256 of a webhook's body. */
export const signatureOf = (body: string, secret: string) =>
  createHmac('sha256', secret).update(body).digest('hex')

export function isSigned(body: string, signature: string, secret: string): boolean {
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(body, secret))]
  return given.length === right.length && timingSafeEqual(given, right)
}

/**
 * Does what the billing provider's webhook says. An event that comes twice does the same again. Returns the status to
 * answer with: the provider sends what fails again.
 */
export async function handleBillingEvent(
  { customers, keys }: { customers: Customers; keys: Keys },
  body: string,
): Promise<number> {
  const parsed = BillingEventText.safeParse(body)
  if (!parsed.success) return 400
  const event = parsed.data
  const accountId = customers.byId(event.customerId)?.accountId
  if (accountId === undefined) return 404
  if (event.type === 'plan.changed') await keys.changePlan(accountId, event.plan)
  else if (event.type === 'invoice.overdue') await keys.suspend(accountId, event.reason)
  else await keys.resume(accountId)
  return 204
}
