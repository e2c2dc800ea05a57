import Cookies from 'cookies'
import type { Context } from 'koa'

/** Cookies that go to this host alone, that no script reads, and that no other site's page sends. */
export type CookieJar = {
  /** What a browser calls the cookie: `__Host-` before it ties it to this host, TLS and the path `/`. */
  nameOf: (name: string) => string
  read: (ctx: Context, name: string) => string | undefined
  write: (ctx: Context, name: string, value: string, expires: Date) => void
  /** Makes the browser forget it. */
  clear: (ctx: Context, name: string) => void
}

/**
 * Cookies are `Secure` where the service's callers use https. PUBLIC_URL says so, the socket does not: TLS ends at a
 * proxy, and what a proxy or a caller claims about the transport is not asked.
 */
export function createCookieJar(publicUrl: string | undefined): CookieJar {
  const secure = publicUrl !== undefined && new URL(publicUrl).protocol === 'https:'
  const nameOf = (name: string) => (secure ? `__Host-${name}` : name)
  const jarOf = (ctx: Context) => new Cookies(ctx.req, ctx.res, { secure })
  const write = (ctx: Context, name: string, value: string, expires: Date) => {
    jarOf(ctx).set(nameOf(name), value, {
      httpOnly: true,
      sameSite: 'strict',
      secure,
      path: '/',
      expires,
      overwrite: true,
    })
  }
  return {
    nameOf,
    read: (ctx, name) => jarOf(ctx).get(nameOf(name)),
    write,
    clear: (ctx, name) => write(ctx, name, '', new Date(0)),
  }
}
