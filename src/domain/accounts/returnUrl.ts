const WEB = ['http:', 'https:']

/** What an entry of the allow-list must be: an origin, or a URL as far as its path. There are no wildcards. */
export function isUrlPrefix(text: string): boolean {
  const url = text.includes('*') ? null : URL.parse(text)
  return url !== null && WEB.includes(url.protocol) && isBare(url) && url.search === '' && url.hash === ''
}

/**
 * A URL as it may be followed, in its normal form; undefined unless it lies below an entry of the allow-list: the same
 * origin, and the same path or one below. Both are compared as browsers read them, so neither `..`, `\`, `@` nor a host
 * that only begins like an allowed one gets through. Below a path, an encoded slash is refused: servers differ in what
 * it means.
 */
export function allowedReturnUrl(text: string, prefixes: readonly string[]): string | undefined {
  const url = URL.parse(text)
  if (!url || !WEB.includes(url.protocol) || !isBare(url)) return undefined
  return prefixes.some((prefix) => isBelow(url, new URL(prefix))) ? url.href : undefined
}

const isBare = ({ username, password }: URL) => username === '' && password === ''

function isBelow(url: URL, prefix: URL): boolean {
  if (url.origin !== prefix.origin) return false
  if (prefix.pathname === '/') return true
  const folder = prefix.pathname.endsWith('/') ? prefix.pathname : `${prefix.pathname}/`
  const isInside = url.pathname === prefix.pathname || url.pathname.startsWith(folder)
  return isInside && !/%2f|%5c/i.test(url.pathname)
}
