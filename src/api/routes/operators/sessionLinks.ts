import { z } from 'zod'
import { newLinkToken } from '../../../domain/accounts/linkToken.ts'
import { allowedReturnUrl } from '../../../domain/accounts/returnUrl.ts'
import {
  LINK_SECONDS,
  sessionLinkUrl,
  createSessionLink as storeLink,
} from '../../../domain/accounts/sessionLinks.ts'
import { Roles } from '../../../domain/commands/payloadFields.ts'
import { digestOf } from '../../../domain/keys/keyFormat.ts'
import type { Env } from '../../../platform/env.ts'
import { route } from '../../guard.ts'
import { Email, IdParams } from '../../schemas.ts'
import { invalidInput } from '../../validate.ts'

export const createSessionLink = route(
  {
    method: 'post',
    path: '/accounts/:id/session-links',
    operation: 'createSessionLink',
    summary: 'Create a session link',
    description:
      'A URL that signs whoever opens it first in to the account, in the dashboard, without a member or a password. Redirect your user to it. It works once. A repeated call creates another link.',
    tag: 'Operators',
    auth: { operator: 'sessions:create' },
    params: IdParams,
    body: z
      .strictObject({
        role: Roles.describe('A lower role than before ends what the same `email` has in this account'),
        email: Email.nullable().default(null).describe('Your user, for the audit log and the dashboard'),
        returnUrl: z
          .string()
          .max(2_000)
          .nullable()
          .default(null)
          .describe('Where the dashboard links back to. `RETURN_URLS` must allow it'),
        expiresInSeconds: z.int().min(LINK_SECONDS.min).max(LINK_SECONDS.max).default(LINK_SECONDS.fallback),
      })
      .meta({ id: 'NewSessionLink' }),
    responses: { 201: z.object({ url: z.string(), expiresAt: z.string() }) },
    problems: ['account-not-found', 'account-erasing', 'rate-limit-exceeded'],
  },
  async ({ api, ctx, principal, params, body }) => {
    const { role, email, expiresInSeconds } = body
    const returnUrl = body.returnUrl === null ? null : requireAllowed(api.env, body.returnUrl)
    const token = newLinkToken()
    const now = api.now()
    const expiresAt = new Date(now.getTime() + expiresInSeconds * 1000)
    const facts = { accountId: params.id, role, email, returnUrl, madeBy: principal.token.id }
    const link = { ...facts, digest: digestOf(token), expiresAt }
    await api.em().transactional((em) => storeLink(em, link, now))
    // Without PUBLIC_URL, at the address that was asked.
    const url = sessionLinkUrl(api.env.PUBLIC_URL ?? `${ctx.protocol}://${ctx.host}`, token)
    return {
      status: 201,
      body: { url, expiresAt: expiresAt.toISOString() },
      headers: { 'Cache-Control': 'no-store' },
    }
  },
)

function requireAllowed({ RETURN_URLS }: Pick<Env, 'RETURN_URLS'>, text: string): string {
  const url = allowedReturnUrl(text, RETURN_URLS)
  if (url !== undefined) return url
  const message = 'must be a URL that RETURN_URLS allows, in the configuration of the service'
  throw invalidInput([{ field: 'returnUrl', message, code: 'out_of_range' }])
}
