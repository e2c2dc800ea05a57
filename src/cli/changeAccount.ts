import { Command as Cli } from 'commander'
import { loadPresented } from '../domain/accounts/presentAccount.ts'
import { CustomLimits, PlanName } from '../domain/commands/payloadFields.ts'
import { Metadata, text } from '../domain/keys/keyFields.ts'
import { readName } from '../domain/names.ts'
import { print } from './print.ts'
import { readField, readJson } from './readField.ts'
import { withService } from './withService.ts'

const LIMITS = `Limits: ${Object.keys(CustomLimits.shape).join(', ')}`

/** What the command line says of an account; `externalId` is false after `--no-external-id`. */
export type AccountOptions = {
  name?: string
  plan?: string
  externalId?: string | false
  limits?: string
  metadata?: string
}

/** Adds the facts of an account that its creation and its changes share. */
export const withAccountOptions = (command: Cli): Cli =>
  command
    .option('--external-id <id>', 'your own ID of the account, which is unique')
    .option('--limits <json>', `limits that replace those of the plan. ${LIMITS}`)
    .option('--metadata <json>', 'facts of your own, which replace those that are there')

/** The facts that are given, as commands take them. Throws an Error that names the option. */
export const accountFacts = ({ name, plan, externalId, limits, metadata }: AccountOptions) => ({
  ...(name === undefined ? {} : { name: readName('--name', name) }),
  ...(plan === undefined ? {} : { plan: readField('--plan', PlanName, plan) }),
  ...(externalId === undefined ? {} : { externalId: readExternalId(externalId) }),
  ...(limits === undefined ? {} : { customLimits: readJson('--limits', CustomLimits, limits) }),
  ...(metadata === undefined ? {} : { metadata: readJson('--metadata', Metadata, metadata) }),
})

const readExternalId = (given: string | false): string | null =>
  given === false ? null : readField('--external-id', text(255), given)

/** `account update ID`: whatever the API changes of an account. */
export function updateCommand(): Cli {
  const update = new Cli('update')
    .description('change an account; done when its limits apply in every region')
    .argument('<accountId>')
    .option('--name <name>', 'its name')
    .option('--plan <plan>', 'one of those that `plan list` shows')
  return withAccountOptions(update)
    .option('--no-external-id', 'remove its external ID')
    .action(async (accountId: string, options: AccountOptions, command: Cli) => {
      const facts = accountFacts(options)
      if (Object.keys(facts).length === 0) throw new Error('Give at least one option to change.')
      print(
        command,
        await withService(async ({ em, run }) => {
          await run('update-account', accountId, facts)
          return loadPresented(em.fork(), accountId, new Date())
        }),
      )
    })
}

/** `account plan ID PLAN`. */
export function planCommand(): Cli {
  return new Cli('plan')
    .description('change an account’s plan')
    .argument('<accountId>')
    .argument('<plan>', 'one of those that `plan list` shows')
    .action(async (accountId: string, given: string, _options: unknown, command: Cli) => {
      const plan = readField('<plan>', PlanName, given)
      print(command, await withService(({ run }) => run('change-plan', accountId, { plan })))
    })
}

/** `account limits ID JSON`. */
export function limitsCommand(): Cli {
  return new Cli('limits')
    .description('set limits of an account that replace those of its plan; {} restores the plan’s')
    .argument('<accountId>')
    .argument('<json>', `such as {"requestsPerMinute": 5000}; null: unlimited. ${LIMITS}`)
    .action(async (accountId: string, json: string, _options: unknown, command: Cli) => {
      const customLimits = readJson('<json>', CustomLimits, json)
      print(command, await withService(({ run }) => run('change-plan', accountId, { customLimits })))
    })
}
