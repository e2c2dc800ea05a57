import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import { DAY_MS } from '../domain/time.ts'
import type { CookieJar } from './cookies.ts'

const COOKIE = 'keys_device'
/** As long as browsers keep a cookie. */
const LENGTH_MS = 400 * DAY_MS
const FORM = /^([\w-]{22})\.([\w-]{43})\.([\w-]{43})$/

/** A browser in which somebody has signed in before. */
type KnownDevice = {
  id: string
  /** Whether it was with this address of email, in lower case. */
  isFor: (email: string) => boolean
}

/**
 * Remembers devices by a signed cookie, so that a member whose email address strangers try passwords for still gets
 * in. It lets nobody in by itself: it only means attempts of its own. Nothing of it is stored.
 */
export type KnownDevices = {
  read: (ctx: Context) => KnownDevice | undefined
  remember: (ctx: Context, email: string, now: Date) => void
}

export function createKnownDevices(cookies: CookieJar, secretsKey: string): KnownDevices {
  const key = Buffer.from(
    hkdfSync('sha256', Buffer.from(secretsKey, 'base64'), Buffer.alloc(0), 'known device', 32),
  )
  const mac = (text: string) => createHmac('sha256', key).update(text).digest('base64url')
  const tagOf = (email: string) => mac(`email:${email}`)
  const signatureOf = (id: string, tag: string) => mac(`device:${id}:${tag}`)
  const read = (ctx: Context): KnownDevice | undefined => {
    const [, id = '', tag = '', signature = ''] = FORM.exec(cookies.read(ctx, COOKIE) ?? '') ?? []
    if (id === '' || !timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(id, tag))))
      return undefined
    return { id, isFor: (email) => tag === tagOf(email) }
  }
  return {
    read,
    remember(ctx, email, now) {
      const known = read(ctx)
      const id = known?.isFor(email) ? known.id : randomBytes(16).toString('base64url')
      const tag = tagOf(email)
      const value = `${id}.${tag}.${signatureOf(id, tag)}`
      cookies.write(ctx, COOKIE, value, new Date(now.getTime() + LENGTH_MS))
    },
  }
}
