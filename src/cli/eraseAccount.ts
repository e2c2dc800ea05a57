import { Command as Cli } from 'commander'
import { print } from './print.ts'
import { withService } from './withService.ts'

/** `account erase ID`. */
export function eraseCommand(): Cli {
  return new Cli('erase')
    .description(
      'permanently erase an account: its keys, members, usage and logs; units per day are kept for invoices',
    )
    .argument('<accountId>')
    .action(async (accountId: string, _options: unknown, command: Cli) =>
      print(command, await withService(({ run }) => run('erase-account', accountId, {}))),
    )
}

/** `account erased-usage ID`. */
export function erasedUsageCommand(): Cli {
  return new Cli('erased-usage')
    .description('list the units per UTC day of an account that was erased')
    .argument('<accountId>')
    .action(async (accountId: string, _options: unknown, command: Cli) => {
      const sql = 'select day::text, units::int from erased_usage where account_id = ? order by day'
      print(command, await withService(({ em }) => em.execute<Record<string, unknown>[]>(sql, [accountId])))
    })
}
