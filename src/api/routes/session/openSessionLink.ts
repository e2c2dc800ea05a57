import { z } from 'zod'
import { AccountSchema } from '../../../domain/accounts/Account.ts'
import { allowedReturnUrl } from '../../../domain/accounts/returnUrl.ts'
import { findReturnUrl, type GuestFacts, takeSessionLink } from '../../../domain/accounts/sessionLinks.ts'
import type { Env } from '../../../platform/env.ts'
import type { Em } from '../../../platform/postgres.ts'
import type { SessionPrincipal } from '../../context.ts'
import { route } from '../../guard.ts'
import { startGuestSession } from '../../guestSession.ts'
import { openLink } from '../../openLink.ts'
import { Problem } from '../../problems.ts'
import { requireSameOrigin } from '../../sameOrigin.ts'
import { LinkToken } from '../../schemas.ts'
import { sessionPrincipal } from '../../sessions.ts'
import { presentSession, SessionResource } from './session.ts'

/** A POST with the token in its body: what reads links ahead does not use them up, and no log has the token. */
export const openSessionLink = route(
  {
    method: 'post',
    path: '/session-links/open',
    operation: 'openSessionLink',
    summary: 'Sign in by a session link',
    description:
      'The page of a session link calls this. If several browsers open one link, only one is signed in. The session is a cookie. It replaces any other session of that browser.',
    tag: 'Session',
    auth: 'none',
    body: z
      .strictObject({
        token: LinkToken,
        replace: z
          .boolean()
          .default(false)
          .describe('Sign out a member, or the guest of another account, who is signed in in this browser'),
      })
      .meta({ id: 'SessionLinkToken' }),
    responses: { 201: SessionResource },
    problems: [
      'session-link-not-found',
      'already-signed-in',
      'insufficient-permissions',
      'rate-limit-exceeded',
    ],
  },
  async (input) => {
    const { api, ctx, body } = input
    requireSameOrigin(ctx, api.env.PUBLIC_URL)
    const current = await sessionPrincipal(api, ctx)
    const guest = await openLink(input, body.token, { gone: notFound }, (digest) =>
      startGuestSession(api, ctx, async (em) => {
        const facts = await takeSessionLink(em, digest, api.now())
        if (!facts) throw notFound(await wayBack(em, api.env, digest))
        const { name } = await em.findOneOrFail(AccountSchema, { id: facts.accountId }, { fields: ['name'] })
        if (!body.replace) requireNobodyElse(current, facts, name)
        return facts
      }),
    )
    api.metrics.signIns.inc({ outcome: 'succeeded' })
    return { status: 201, body: await presentSession(api, { guest }) }
  },
)

/** Where a used link led back to, if that is allowed: the page shows it. */
async function wayBack(em: Em, env: Env, digest: string): Promise<string | undefined> {
  const returnUrl = await findReturnUrl(em, digest)
  return returnUrl === null ? undefined : allowedReturnUrl(returnUrl, env.RETURN_URLS)
}

function notFound(back?: string): Problem {
  return new Problem('session-link-not-found', {
    detail: 'This link has been used or has expired. Each link opens the dashboard once.',
    ...(back === undefined ? {} : { returnUrl: back }),
  })
}

/**
 * Asks before a member is signed out, or somebody comes into another account than they are in: whoever made the link
 * may be a stranger, who wants others to work in an account of theirs. The link stays valid.
 */
function requireNobodyElse(
  current: SessionPrincipal | undefined,
  { accountId }: GuestFacts,
  account: string,
): void {
  if (!current || (current.guest && current.accountId === accountId)) return
  const who = (current.member ?? current.guest)?.email ?? 'a guest of another account'
  throw new Problem('already-signed-in', {
    detail: `In this browser, ${who} is signed in. The link is for the account ${account}.`,
    account,
    signedInAs: who,
  })
}
