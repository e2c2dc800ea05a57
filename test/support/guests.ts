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

/** Creates a session link, of an admin unless `fields` say otherwise. Returns its URL. */
export const linkTo = async (by: Client, accountId: string, fields: object = {}) =>
  (await by.post(`/accounts/${accountId}/session-links`, { role: 'admin', ...fields })).body.url as string

/** An answer's status and the slug of its problem. */
export const slugOf = ({ status, body }: { status: number; body: { type?: string } }) =>
  `${status} ${body.type?.split('/').at(-1)}`

/** An operator token with these fields, and a client that uses it. */
export async function tokenWith(operator: Client, fields: object) {
  const { body } = await operator.post('/operator-tokens', { name: 'Our backend', ...fields })
  return { id: body.id as string, client: createClient(operator.url, body.token) }
}
