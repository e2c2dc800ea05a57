import { remember } from '../remember.ts'

/** What stands in the place of a segment that looks like an identifier. */
const IDENTIFIER = '{id}'

/** Longer than any word of a route: a slug, a token. */
const LONGEST_WORD = 40

/**
 * A path with `{id}` for each segment that looks like an identifier: `/images/7f3a90c2/render` → `/images/{id}/render`.
 * A proxy knows raw paths only, and each image would be an endpoint of its own. In doubt a segment stays as it is:
 * `/v1`, `/oauth2`, `/utf-8`. A route's own pattern (`/images/:id`) has no such segments and comes out unchanged.
 */
export const endpointTemplate = remember(20_000, (path) => path.split('/').map(templateOf).join('/'))

/** `7f3a90c2.png` → `{id}.png` */
function templateOf(segment: string): string {
  if (EMAIL.test(segment)) return IDENTIFIER
  const [, stem = '', extension = ''] = /^(.+)(\.[a-z][a-z0-9]{1,4})$/i.exec(segment) ?? []
  if (stem !== '' && isIdentifier(stem)) return IDENTIFIER + extension
  return isIdentifier(segment) ? IDENTIFIER : segment
}

const PATTERN = /^[:{[<*(]/
/** An email address, but not `image@2x.png`. */
const EMAIL = /^[^@]+(@|%40)(?!\dx\.)[^@]+\.[a-z]{2,}$/i
const VERSION = /^(v\d+([a-z]+\d*)?|v?\d+(\.\d+){1,2})$/i
const WHOLE = [
  /^\d+$/,
  // A UUID, with or without hyphens, and any other hexadecimal number with a digit in it.
  /^(?=.*\d)[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i,
  /^(?=.*\d)[0-9a-f]{8,}$/i,
  /^\d{4}-\d{2}(-\d{2}([T_ ].*)?)?$/,
  /^\d{1,3}(\.\d{1,3}){3}$/,
  // A prefix and a random part, such as `cus_NffrFeUfNV2Hib`.
  /^[a-z]{2,10}_(?=.*\d)(?=.*[A-Z])[0-9A-Za-z]{12,}$/,
  // What is encoded, or padded, is a value.
  /%[0-9a-f]{2}/i,
  /=$/,
]

function isIdentifier(segment: string): boolean {
  if (segment === '' || PATTERN.test(segment) || VERSION.test(segment)) return false
  if (segment.length > LONGEST_WORD || WHOLE.some((form) => form.test(segment))) return true
  return segment.split(/[-_.~:]/).some(isRandom)
}

/**
 * A part between hyphens that no word looks like: six digits or more, or letters and digits that change three times
 * (`dQw4w9WgXcQ`, `b7x2k9`), which words do not (`sha256`, `120x120`).
 */
function isRandom(part: string): boolean {
  if (/^\d{6,}$/.test(part)) return true
  if (part.length < 6 || VERSION.test(part) || !/^[a-z0-9]+$/i.test(part)) return false
  const changes = part.match(/\d+|\D+/g)?.length ?? 1
  return changes > 3 || (part.length >= 16 && changes > 2) || /^\d{4,}[a-z]{4,}$/i.test(part)
}
