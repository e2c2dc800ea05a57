import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import { DAY_MS } from '../domain/time.ts'
import type { SecretsKeys } from '../platform/secretsKeys.ts'
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
 * in. It lets nobody in by itself: it only means attempts of its own. Nothing of it is stored. Each sign-in signs it
 * again, under the current secrets key.
 */
export type KnownDevices = {
  read: (ctx: Context) => KnownDevice | undefined
  remember: (ctx: Context, email: string, now: Date) => void
}

export function createKnownDevices(cookies: CookieJar, secrets: SecretsKeys): KnownDevices {
  const [first, ...rest] = secrets
  const current = signingWith(first.bytes)
  const all = [current, ...rest.map(({ bytes }) => signingWith(bytes))]
  const read = (ctx: Context): KnownDevice | undefined => {
    const [, id = '', tag = '', signature = ''] = FORM.exec(cookies.read(ctx, COOKIE) ?? '') ?? []
    const isOf = ({ signatureOf }: Signing) =>
      timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(id, tag)))
    const signing = id === '' ? undefined : all.find(isOf)
    return signing && { id, isFor: (email) => tag === signing.tagOf(email) }
  }
  return {
    read,
    remember(ctx, email, now) {
      const known = read(ctx)
      const id = known?.isFor(email) ? known.id : randomBytes(16).toString('base64url')
      const tag = current.tagOf(email)
      const value = `${id}.${tag}.${current.signatureOf(id, tag)}`
      cookies.write(ctx, COOKIE, value, new Date(now.getTime() + LENGTH_MS))
    },
  }
}

type Signing = ReturnType<typeof signingWith>

function signingWith(master: Buffer) {
  const key = Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), 'known device', 32))
  const mac = (text: string) => createHmac('sha256', key).update(text).digest('base64url')
  return {
    tagOf: (email: string) => mac(`email:${email}`),
    signatureOf: (id: string, tag: string) => mac(`device:${id}:${tag}`),
  }
}
