import { Command as Cli } from 'commander'
import { OPERATOR_PATTERNS } from '../domain/events/eventPatterns.ts'
import { Failure } from '../domain/failure.ts'
import { newId } from '../domain/ids.ts'
import { readName } from '../domain/names.ts'
import { ChannelSchema, sealContext } from '../domain/notifications/Channel.ts'
import { presentWebhook } from '../domain/notifications/presentWebhook.ts'
import { newSigningSecret, readUrl } from '../domain/notifications/webhookUrl.ts'
import { createVault } from '../platform/vault.ts'
import { listOf } from './lists.ts'
import { print } from './print.ts'
import { withService } from './withService.ts'

type Options = { url: string; events: string; name?: string }

/** `webhook …`: where lifecycle events of all accounts are pushed to. */
export function webhookCommands(): Cli {
  const webhooks = new Cli('webhook').description('Webhooks that lifecycle events are pushed to')
  webhooks
    .command('create')
    .description('create a webhook; its signing secret is shown once')
    .requiredOption('--url <url>', 'where events are posted to')
    .option('--events <list>', 'types of events, such as api_key.*,account.erased', '*')
    .option('--name <name>', 'what it is called (default: the host of the URL)')
    .action(async (options: Options, command: Cli) => print(command, await createWebhook(options)))
  webhooks
    .command('list')
    .description('list webhooks')
    .action(async (_options: unknown, command: Cli) => print(command, await listWebhooks()))
  webhooks
    .command('delete')
    .description('delete a webhook; undelivered events are dropped')
    .argument('<webhookId>')
    .action(async (webhookId: string, _options: unknown, command: Cli) =>
      print(command, await withService(({ run }) => run('delete-webhook', null, { webhookId }))),
    )
  return webhooks
}

const createWebhook = ({ url: given, events, name }: Options) =>
  withService(async ({ env, secrets, run }) => {
    const { href: url, host } = readTarget(given, env.WEBHOOK_ALLOW_PRIVATE)
    const vault = createVault(secrets)
    const webhookId = newId('webhook')
    const secret = newSigningSecret()
    const created = await run('create-webhook', null, {
      webhookId,
      name: name === undefined ? host : readName('--name', name),
      events: readEvents(events),
      sealedTarget: vault.seal(url, sealContext(webhookId, 'target')),
      sealedSecret: vault.seal(secret, sealContext(webhookId, 'secret')),
    })
    return { ...created, url, secret }
  })

const listWebhooks = () =>
  withService(async ({ secrets, em }) => {
    const vault = createVault(secrets)
    const order = { orderBy: { createdAt: 'asc' } } as const
    const webhooks = await em.find(ChannelSchema, { accountId: null }, order)
    return webhooks.map((webhook) => ({
      ...presentWebhook(webhook),
      url: vault.open(webhook.sealedTarget, sealContext(webhook.id, 'target')),
    }))
  })

function readTarget(text: string, allowPrivate: boolean): URL {
  try {
    return readUrl(text, allowPrivate)
  } catch (error) {
    throw error instanceof Failure ? new Error(`--${error.details.detail}.`) : error
  }
}

function readEvents(text: string): string[] {
  const events = listOf(text)
  const unknown = events.find((one) => !OPERATOR_PATTERNS.includes(one))
  if (events.length > 0 && unknown === undefined) return events
  throw new Error(`--events: "${unknown ?? ''}" is none of ${OPERATOR_PATTERNS.join(', ')}.`)
}
