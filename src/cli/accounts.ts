import argon2 from 'argon2'
import { Command as Cli, Option } from 'commander'
import { AccountSchema } from '../domain/accounts/Account.ts'
import { MemberSchema, ROLES, type Role } from '../domain/accounts/Member.ts'
import { type CustomLimits, limitsOf, PLANS, type Plan } from '../domain/accounts/plans.ts'
import { CustomLimits as CustomLimitsSchema } from '../domain/commands/payloads.ts'
import { newId } from '../domain/ids.ts'
import { generateSecret } from '../domain/keys/keyFormat.ts'
import { exportCommand } from './exportAccount.ts'
import { importCommand } from './importKeys.ts'
import { print } from './print.ts'
import { withService } from './withService.ts'

const planOption = () => new Option('--plan <plan>', 'the plan').choices([...PLANS])

/** `account …` and `member …`. */
export function accountCommands(): Cli {
  const account = new Cli('account').description('Accounts, their plans and members')

  account
    .command('create')
    .description('create an account and its first admin key, which is shown once')
    .requiredOption('--name <name>', 'its name')
    .addOption(planOption().default('free'))
    .option('--email <email>', 'of a first admin member')
    .option('--password <password>', 'of that member')
    .action(async (options: NewAccount, command: Cli) => print(command, await createAccount(options)))

  account
    .command('list')
    .description('list accounts')
    .action(async (_options: unknown, command: Cli) => {
      const rows = await withService(async ({ em }) =>
        em.find(AccountSchema, {}, { orderBy: { createdAt: 'asc' } }),
      )
      const accounts = rows.map(({ id, name, plan, createdAt }) => ({
        accountId: id,
        name,
        plan,
        createdAt: createdAt.toISOString(),
      }))
      print(command, accounts)
    })

  account
    .command('plan')
    .description('change an account’s plan')
    .argument('<accountId>')
    .argument('<plan>', PLANS.join(', '))
    .action(async (accountId: string, plan: string, _options: unknown, command: Cli) => {
      if (!(PLANS as readonly string[]).includes(plan))
        throw new Error(`There is no plan "${plan}": ${PLANS.join(', ')}.`)
      print(command, await withService(({ run }) => run('change-plan', accountId, { plan: plan as Plan })))
    })

  account
    .command('limits')
    .description('set an account’s own limits, in the place of its plan’s; {} goes back to the plan’s')
    .argument('<accountId>')
    .argument(
      '<json>',
      `for example {"requestsPerMinute": 5000}; null is unlimited; of ${Object.keys(limitsOf('free', {})).join(', ')}`,
    )
    .action(async (accountId: string, json: string, _options: unknown, command: Cli) => {
      const customLimits: CustomLimits = CustomLimitsSchema.parse(JSON.parse(json))
      print(command, await withService(({ run }) => run('change-plan', accountId, { customLimits })))
    })
  account.addCommand(importCommand())
  account.addCommand(exportCommand())
  return account
}

export function memberCommands(): Cli {
  const member = new Cli('member').description('Members of accounts')

  member
    .command('add')
    .description('add a member to an account')
    .argument('<accountId>')
    .requiredOption('--email <email>')
    .requiredOption('--password <password>')
    .addOption(new Option('--role <role>').choices([...ROLES]).default('viewer'))
    .option('--name <name>')
    .action(async (accountId: string, options: NewMember, command: Cli) => {
      const payload = await memberOf(options)
      print(command, await withService(({ run }) => run('add-member', accountId, payload)))
    })

  member
    .command('list')
    .description('list an account’s members')
    .argument('<accountId>')
    .action(async (accountId: string, _options: unknown, command: Cli) => {
      const rows = await withService(({ em }) =>
        em.find(MemberSchema, { accountId }, { orderBy: { createdAt: 'asc' } }),
      )
      print(
        command,
        rows.map(({ id, email, role }) => ({ memberId: id, email, role })),
      )
    })
  return member
}

type NewMember = { email: string; password: string; role?: Role; name?: string }
type NewAccount = { name: string; plan: Plan; email?: string; password?: string }

async function memberOf({ email, password, role = 'admin', name }: NewMember) {
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new Error(`"${email}" is not an email address.`)
  if (password.length < 10) throw new Error('A password has at least 10 characters.')
  return {
    memberId: newId('member'),
    email,
    name: name ?? null,
    role,
    passwordHash: await argon2.hash(password),
  }
}

async function createAccount({ name, plan, email, password }: NewAccount) {
  if ((email === undefined) !== (password === undefined))
    throw new Error('Give both --email and --password, or neither.')
  const member =
    email !== undefined && password !== undefined ? await memberOf({ email, password }) : undefined
  return withService(async ({ env, run }) => {
    const { value, digest, hint } = generateSecret(env.KEY_PREFIX, 'live')
    const adminKey = { keyId: newId('apiKey'), digest, hint }
    const result = await run('create-account', null, {
      accountId: newId('account'),
      name,
      plan,
      adminKey,
      member,
    })
    return { ...result, adminKey: value }
  })
}
