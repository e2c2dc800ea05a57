import { z } from 'zod'
import { Failure } from '../../../domain/failure.ts'
import { ChannelSchema } from '../../../domain/notifications/Channel.ts'
import { type Answer, route } from '../../guard.ts'
import { html } from '../../html.ts'
import { openLink } from '../../openLink.ts'
import { respondToCommand } from '../../respondToCommand.ts'

const Html = { streams: { 'text/html': z.string() } }

const shared = {
  tag: 'Channels',
  auth: 'none',
  path: '/channel-confirmation',
  query: z.strictObject({
    // A link that came without its token is one that is no longer valid.
    token: z
      .string()
      .regex(/^[0-9A-Za-z]{40}$/, 'must be the token of a link')
      .optional()
      .describe('The token of the link'),
  }),
} as const

/** What a person sees. The token stays in this page's address: it is sent nowhere else, and kept by nobody. */
function page(status: number, title: string, text: string, action?: string): Answer {
  const form =
    action === undefined ? '' : html`<form method="post" action="${action}"><button>Confirm</button></form>`
  const { text: markup } = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>body{font:18px/1.5 system-ui,sans-serif;max-width:30em;margin:4em auto;padding:0 1em}button{font:inherit;padding:.5em 1.5em}</style>
</head>
<body><h1>${title}</h1><p>${text}</p>${form}</body>
</html>
`
  return {
    status,
    stream: { type: 'text/html', text: once(markup) },
    headers: {
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    },
  }
}

/** What is not JSON is a stream: so routes declare it. */
async function* once(text: string): AsyncGenerator<string> {
  yield text
}

/** What the command says, too, when the link has ended. */
const gone = () => new Failure('channel-not-found', { detail: 'The link is no longer valid.' })

/** Changes nothing: programs that look at every link of an email look at this one, too. */
export const getChannelConfirmation = route(
  {
    ...shared,
    method: 'get',
    operation: 'getChannelConfirmation',
    summary: 'Get the page that confirms an email channel',
    description: 'The link in the email opens this page. Its button confirms the address.',
    responses: { 200: Html },
    problems: [],
  },
  async ({ query }) =>
    page(
      200,
      'Alerts to this address?',
      'Confirm that alerts about API keys may be sent to the address at which you got this link.',
      `/channel-confirmation?token=${query.token ?? ''}`,
    ),
)

export const confirmChannel = route(
  {
    ...shared,
    method: 'post',
    operation: 'confirmChannel',
    summary: 'Confirm the address of an email channel',
    responses: { 200: Html, 403: Html, 410: Html },
    problems: ['rate-limit-exceeded'],
  },
  async (input) => {
    const { api, ctx, query } = input
    try {
      const answer = await openLink(input, query.token, { gone, stays: true }, async (digest) => {
        const found = await api.em().findOne(ChannelSchema, { verificationDigest: digest })
        if (!found?.accountId) throw gone()
        const { id, accountId } = found
        const ip = api.clientIp(ctx.req)
        const { requestId } = ctx.state
        const actor = { type: 'system', id: 'confirmation-link', ip, requestId } as const
        return respondToCommand(
          { ...input, principal: { accountId, actor } },
          {
            prepare: async () => ({
              kind: 'confirm-channel',
              targetId: id,
              payload: { channelId: id, digest },
            }),
            present: () => page(200, 'Confirmed', 'Alerts will be sent to this address.'),
          },
        )
      })
      return answer.status === 202
        ? page(200, 'Nearly done', 'This address will be confirmed in a moment.')
        : answer
    } catch (error) {
      if (error instanceof Failure && error.code === 'channel-not-found')
        return page(
          410,
          'This link is no longer valid',
          'Ask for a new one by sending the channel a test message.',
        )
      if (error instanceof Failure && error.code === 'account-suspended')
        return page(403, 'This account is suspended', 'Open this link again when it is no longer suspended.')
      throw error
    }
  },
)
