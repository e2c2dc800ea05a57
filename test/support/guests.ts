import { type Client, createClient } from './client.ts'

/** The token of a session link's URL. */
export const tokenOf = (url: string) => new URL(url).hash.slice(1)

/** The headers with which a browser goes on after an answer that set its session's cookie. */
export function browserOf(headers: Headers): Record<string, string> {
  const line = headers.getSetCookie().find((cookie) => cookie.includes('keys_session=')) ?? ''
  return { Cookie: line.split(';')[0] ?? '', 'Sec-Fetch-Site': 'same-origin' }
}

/** Creates a session link and opens it: what was answered, and the guest's headers. */
export async function openedLink(operator: Client, accountId: string, fields: object) {
  const created = await operator.post(`/accounts/${accountId}/session-links`, fields)
  const nobody = createClient(operator.url)
  const opened = await nobody.post('/session-links/open', { token: tokenOf(created.body.url) })
  return { created, opened, headers: browserOf(opened.headers) }
}
