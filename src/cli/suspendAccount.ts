import { Command as Cli } from 'commander'
import { readName } from '../domain/names.ts'
import { print } from './print.ts'
import { withService } from './withService.ts'

/** `account suspend ID [--reason]`. */
export function suspendCommand(): Cli {
  return new Cli('suspend')
    .description('suspend an account: its keys are refused, and its members can only read')
    .argument('<accountId>')
    .option('--reason <reason>', 'shown to the members of the account')
    .action(async (accountId: string, { reason }: { reason?: string }, command: Cli) => {
      const payload = { reason: reason === undefined ? null : readName('--reason', reason, 500) }
      print(command, await withService(({ run }) => run('suspend-account', accountId, payload)))
    })
}

/** `account resume ID`. */
export function resumeCommand(): Cli {
  return new Cli('resume')
    .description('end the suspension of an account')
    .argument('<accountId>')
    .action(async (accountId: string, _options: unknown, command: Cli) =>
      print(command, await withService(({ run }) => run('resume-account', accountId, {}))),
    )
}
