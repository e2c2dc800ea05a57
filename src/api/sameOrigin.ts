import type { Context } from 'koa'
import { Problem } from './problems.ts'

/**
 * Where a browser says that a request comes from: our own pages, others, or nothing (then it is no browser of today).
 */
export type Origin = 'own' | 'foreign' | 'unknown'

/**
 * `Sec-Fetch-Site` where there is one: the browser compares with the address that it asked, so no proxy changes it.
 * Else `Origin`, which has to be PUBLIC_URL's or that of the `Host` asked. With TLS in front a page without it is
 * never ours.
 */
export function originOf(ctx: Context, publicUrl: string | undefined): Origin {
  const site = ctx.get('Sec-Fetch-Site')
  if (site !== '') return site === 'same-origin' ? 'own' : 'foreign'
  const origin = ctx.get('Origin')
  if (origin === '') return 'unknown'
  const from = URL.parse(origin)
  const ours = publicUrl === undefined ? null : URL.parse(publicUrl)
  if (from === null || (ours?.protocol === 'https:' && from.protocol !== 'https:')) return 'foreign'
  return from.host === ours?.host || from.host === ctx.host ? 'own' : 'foreign'
}

/** A browser says where a request comes from; one from another site never acts in a session's name. Throws a 403. */
export function requireSameOrigin(ctx: Context, publicUrl: string | undefined): void {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return
  if (originOf(ctx, publicUrl) === 'foreign')
    throw new Problem('insufficient-permissions', {
      detail: 'A session can only be used from its own origin.',
    })
}
