import { randomBytes } from 'node:crypto'
import { invalid } from '../failure.ts'
import { SIGNING_SECRET_PREFIX } from './Channel.ts'
import { refuseUrl } from './publicAddress.ts'

/** A URL as messages may be posted to it, checked as far as possible without a look-up. Throws a `validation-error`. */
export function readUrl(text: string, allowPrivate: boolean): URL {
  if (!URL.canParse(text)) throw invalid('url', 'invalid_format', 'must be a URL')
  const url = new URL(text)
  const refusal = refuseUrl(url, allowPrivate)
  if (refusal) throw invalid('url', 'out_of_range', refusal)
  url.hash = ''
  return url
}

/** A webhook's signing secret: 32 random bytes, as Standard Webhooks writes them. */
export const newSigningSecret = () => `${SIGNING_SECRET_PREFIX}${randomBytes(32).toString('base64')}`
