import { Command as Cli, Option } from 'commander'
import type { Account } from '../domain/accounts/Account.ts'
import { ACCOUNT_STATUSES, type AccountStatus, statusOf } from '../domain/accounts/accountStatus.ts'
import { findAccounts } from '../domain/accounts/findAccounts.ts'
import { loadPresented } from '../domain/accounts/presentAccount.ts'
import { print } from './print.ts'
import { type Service, withService } from './withService.ts'

/** Accounts per statement. */
const PAGE = 1_000

type Filter = { externalId?: string; plan?: string; status?: AccountStatus; search?: string }

/** `account list`. */
export function listCommand(): Cli {
  return new Cli('list')
    .description('list accounts, newest first')
    .option('--external-id <id>', 'only the account with this external ID')
    .option('--plan <plan>', 'only accounts on this plan')
    .addOption(
      new Option('--status <status>', 'only accounts with this status').choices([...ACCOUNT_STATUSES]),
    )
    .option('--search <text>', 'only accounts with this in their name, or with this ID')
    .action(async (filter: Filter, command: Cli) => {
      const accounts = await withService((service) => findAll(service, filter))
      const shown = accounts.map((account) => ({
        accountId: account.id,
        externalId: account.externalId ?? null,
        name: account.name,
        plan: account.plan,
        status: statusOf(account),
        createdAt: account.createdAt.toISOString(),
      }))
      print(command, shown)
    })
}

async function findAll({ em }: Service, { search: q, ...filter }: Filter): Promise<Account[]> {
  const all: Account[] = []
  for (let before: Account | undefined; ; ) {
    const page = await findAccounts(em.fork(), { ...filter, q, before, limit: PAGE })
    all.push(...page)
    before = page.at(-1)
    if (page.length < PAGE) return all
  }
}

/** `account show ID`. */
export function showCommand(): Cli {
  return new Cli('show')
    .description('show an account: status, limits that apply, keys, members and renders of this month')
    .argument('<accountId>')
    .action(async (accountId: string, _options: unknown, command: Cli) =>
      print(command, await withService(({ em }) => loadPresented(em, accountId, new Date()))),
    )
}
