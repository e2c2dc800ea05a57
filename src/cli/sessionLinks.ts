import { Command as Cli, Option } from 'commander'
import { newLinkToken } from '../domain/accounts/linkToken.ts'
import { ROLES, type Role } from '../domain/accounts/Member.ts'
import { allowedReturnUrl } from '../domain/accounts/returnUrl.ts'
import { createSessionLink, LINK_SECONDS, sessionLinkUrl } from '../domain/accounts/sessionLinks.ts'
import { digestOf } from '../domain/keys/keyFormat.ts'
import type { Env } from '../platform/env.ts'
import { loginName } from './loginName.ts'
import { print } from './print.ts'
import { requireEmail } from './requireEmail.ts'
import { withService } from './withService.ts'

type Options = { role: Role; email?: string; returnUrl?: string; expiresIn: string }

/** `session-link …`: sign-in to an account's dashboard without a member. */
export function sessionLinkCommands(): Cli {
  const links = new Cli('session-link').description('Single-use links that sign somebody in to an account')
  links
    .command('create')
    .description('create a link to the dashboard of an account, and print it')
    .argument('<accountId>')
    .addOption(new Option('--role <role>').choices([...ROLES]).makeOptionMandatory())
    .option('--email <email>', 'who will open it, for the audit log')
    .option('--return-url <url>', 'where the dashboard links back to; RETURN_URLS must allow it')
    .option(
      '--expires-in <seconds>',
      `${LINK_SECONDS.min} to ${LINK_SECONDS.max}`,
      String(LINK_SECONDS.fallback),
    )
    .action(async (accountId: string, options: Options, command: Cli) =>
      print(command, await createLink(accountId, options)),
    )
  return links
}

/** The link is shown here and stored nowhere: whoever opens it first is signed in. */
async function createLink(accountId: string, { role, email, returnUrl, expiresIn }: Options) {
  if (email !== undefined) requireEmail(email)
  const seconds = readSeconds(expiresIn)
  return withService(async ({ env, em }) => {
    const token = newLinkToken()
    const now = new Date()
    const expiresAt = new Date(now.getTime() + seconds * 1000)
    const link = {
      ...{ accountId, role, email: email ?? null, madeBy: loginName() },
      returnUrl: returnUrl === undefined ? null : readReturnUrl(env, returnUrl),
      digest: digestOf(token),
      expiresAt,
    }
    await em.transactional((inner) => createSessionLink(inner, link, now))
    return { url: sessionLinkUrl(env.PUBLIC_URL ?? '', token), expiresAt: expiresAt.toISOString() }
  })
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  const { min, max } = LINK_SECONDS
  if (Number.isInteger(seconds) && seconds >= min && seconds <= max) return seconds
  throw new Error(`--expires-in: "${text}" is no whole number from ${min} to ${max}.`)
}

function readReturnUrl({ RETURN_URLS }: Pick<Env, 'RETURN_URLS'>, text: string): string {
  const url = allowedReturnUrl(text, RETURN_URLS)
  if (url !== undefined) return url
  throw new Error('--return-url: RETURN_URLS, in the configuration of the service, does not allow this URL.')
}
