import type { Context } from 'koa'
import { networksOf } from '../domain/addresses.ts'
import type { ApiContext } from './context.ts'

/**
 * Who asks for a hash: a member, on a device on which they signed in before, else the largest network that belongs to
 * one customer of a provider. An office that signs in with known devices does not wait for itself.
 */
export function passwordCaller(
  { clientIp, knownDevices }: Pick<ApiContext, 'clientIp' | 'knownDevices'>,
  ctx: Context,
  email?: string,
): string {
  const person = email?.toLowerCase()
  if (person !== undefined && knownDevices.read(ctx)?.isFor(person)) return person
  return networksOf(clientIp(ctx.req)).at(-1) ?? ''
}
