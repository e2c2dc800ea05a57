import { Command as Cli } from 'commander'
import { newId } from '../domain/ids.ts'
import { permissionsFor } from '../domain/keys/access.ts'
import { generateSecret } from '../domain/keys/keyFormat.ts'
import { readName } from '../domain/names.ts'
import {
  type AccountOptions,
  accountFacts,
  limitsCommand,
  planCommand,
  updateCommand,
  withAccountOptions,
} from './changeAccount.ts'
import { eraseCommand, erasedUsageCommand } from './eraseAccount.ts'
import { exportCommand } from './exportAccount.ts'
import { listCommand, showCommand } from './findAccounts.ts'
import { importCommand } from './importKeys.ts'
import { hashed, memberOf } from './members.ts'
import { print } from './print.ts'
import { type PasswordOptions, withPasswordOptions } from './readPassword.ts'
import { resumeCommand, suspendCommand } from './suspendAccount.ts'
import { withService } from './withService.ts'

/** `account …`. */
export function accountCommands(): Cli {
  const account = new Cli('account').description('Accounts, their plans and members')

  const create = account
    .command('create')
    .description('create an account and its first admin key; the key is shown once')
    .requiredOption('--name <name>', 'its name')
    .option('--plan <plan>', 'one of those that `plan list` shows', 'free')
    .option('--email <email>', 'add a first admin member with this address and a password')
    .option('--no-admin-key', 'create no admin key')
  withPasswordOptions(withAccountOptions(create)).action(async (options: NewAccount, command: Cli) =>
    print(command, await createAccount(options)),
  )

  account
    .command('admin-key')
    .description('create another admin key for an account that has lost its keys; the key is shown once')
    .argument('<accountId>')
    .option('--name <name>', 'of the key', 'Admin key')
    .action(async (accountId: string, { name }: { name: string }, command: Cli) =>
      print(command, await createAdminKey(accountId, readName('--name', name))),
    )

  account.addCommand(listCommand())
  account.addCommand(showCommand())
  account.addCommand(updateCommand())
  account.addCommand(planCommand())
  account.addCommand(limitsCommand())
  account.addCommand(suspendCommand())
  account.addCommand(resumeCommand())
  account.addCommand(eraseCommand())
  account.addCommand(erasedUsageCommand())
  account.addCommand(importCommand())
  account.addCommand(exportCommand())
  return account
}

type NewAccount = PasswordOptions &
  Omit<AccountOptions, 'externalId'> & {
    name: string
    plan: string
    externalId?: string
    email?: string
    adminKey?: boolean
  }

/** An account with its first admin key, whose value is in the result. Throws an Error that says why there is none. */
export async function createAccount({ email, adminKey: wantsKey = true, ...options }: NewAccount) {
  if (email === undefined && (options.password !== undefined || options.passwordStdin))
    throw new Error('A password is a member’s: give --email, too.')
  const { name, plan } = options
  const facts = { externalId: null, customLimits: {}, metadata: {}, ...accountFacts(options) }
  const { password, passwordStdin } = options
  const given = email === undefined ? undefined : await memberOf({ email, password, passwordStdin })
  return withService(async (service) => {
    const { env, run } = service
    const member = given && (await hashed(service, given))
    const { value, digest, hint } = generateSecret(env.KEY_PREFIX, 'live')
    const adminKey = wantsKey ? { keyId: newId('apiKey'), digest, hint } : undefined
    const accountId = newId('account')
    const payload = { name, plan, ...facts, accountId, adminKey, member }
    const result = await run('create-account', null, payload, wantsKey ? anotherKeyOf(accountId) : '')
    return { ...result, ...(wantsKey ? { adminKey: value } : {}) }
  })
}

/** The value that nobody waits for is lost; the account may come to be all the same. */
const anotherKeyOf = (accountId: string) =>
  `Its admin key will not be shown. Get another one with: bin/keys account admin-key ${accountId}`

function createAdminKey(accountId: string, name: string) {
  return withService(async ({ env, run }) => {
    const { value, digest, hint } = generateSecret(env.KEY_PREFIX, 'live')
    const keyId = newId('apiKey')
    const grants = { type: 'live', access: 'admin', permissions: permissionsFor('admin') } as const
    const payload = { keyId, digest, hint, name, ...grants, allowedIps: [], expiresAt: null, metadata: {} }
    await run('create-api-key', accountId, payload, 'Its value will not be shown: run this again.')
    return { accountId, keyId, adminKey: value }
  })
}
