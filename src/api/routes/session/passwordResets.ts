import { z } from 'zod'
import { openReset, requestReset, resetGone, useReset } from '../../../domain/accounts/passwordResets.ts'
import { joinByAddress } from '../../../domain/accounts/personStore.ts'
import { dropFromOutbox, writeOutbox } from '../../../platform/outbox.ts'
import { noPassword } from '../../../platform/passwordHash.ts'
import { auditNewPassword } from '../../changePersonPassword.ts'
import type { ApiContext } from '../../context.ts'
import { route } from '../../guard.ts'
import { hashFor } from '../../hashFor.ts'
import { sendsEmail } from '../../invitationLink.ts'
import { openLink } from '../../openLink.ts'
import { passwordCaller } from '../../passwordCaller.ts'
import { LinkToken, Password } from '../../schemas.ts'
import { requireResets, resetBudgets } from '../../signInBudgets.ts'

export const requestPasswordReset = route(
  {
    tag: 'Session',
    auth: 'none',
    method: 'post',
    path: '/password-resets',
    operation: 'requestPasswordReset',
    summary: 'Ask for a link to set a new password',
    description: 'The response is the same for every address.',
    before: (api, ctx) => requireResets(api, api.clientIp(ctx.req)),
    body: z.strictObject({ email: z.string().min(1).max(254) }),
    responses: {
      202: z.object({ emailed: z.boolean().describe('false: this service sends no email') }),
    },
    problems: ['rate-limit-exceeded'],
  },
  async ({ api, ctx, body }) => {
    const email = body.email.toLowerCase()
    await api.attempts.take(resetBudgets(email, api.clientIp(ctx.req)))
    const emailed = sendsEmail(api.env)
    // The answer does not wait: how long it takes must not show whether anybody signs in with this address.
    if (emailed)
      send(api, email).catch((error) =>
        api.log.error(
          { requestId: ctx.state.requestId, err: error },
          'a password reset was not sent at once',
        ),
      )
    return { status: 202, body: { emailed } }
  },
)

/** If this process dies after the commit, or Redis is away, a worker sends what is in the outbox. */
async function send(api: ApiContext, email: string): Promise<void> {
  const written = await api.em().transactional(async (em) => {
    const resetId = await requestReset(em, email, api.now())
    if (!resetId) return undefined
    const message = { kind: 'job', name: 'send-password-reset', data: { resetId } } as const
    return { message, outboxId: await writeOutbox(em, message) }
  })
  if (!written) return
  await api.queues.send(written.message)
  await dropFromOutbox(api.em(), written.outboxId)
}

export const completePasswordReset = route(
  {
    tag: 'Session',
    auth: 'none',
    method: 'post',
    path: '/password-resets/complete',
    operation: 'completePasswordReset',
    summary: 'Set a new password by the link of an email',
    description: 'The new password opens every account of the address. All sessions of the address end.',
    before: async (api, ctx) => api.passwords.requireRoom(passwordCaller(api, ctx)),
    body: z.strictObject({ token: LinkToken, password: Password }),
    responses: { 204: null },
    problems: ['password-reset-not-found', 'rate-limit-exceeded'],
  },
  async (input) => {
    const { api, ctx, body } = input
    const { requestId } = ctx.state
    const actor = { type: 'system', id: 'password-reset', ip: api.clientIp(ctx.req), requestId } as const
    return openLink(input, body.token, { gone: resetGone }, async (digest) => {
      const email = await openReset(api.em(), digest, api.now())
      const passwordHash = await hashFor({ api, ctx }, email, body.password)
      await api.em().transactional(async (em) => {
        const now = api.now()
        await useReset(em, digest, now)
        const members = await joinByAddress(em, email, { passwordHash, unusable: noPassword(), now })
        auditNewPassword(em, members, actor, now)
      })
      return { status: 204 }
    })
  },
)
