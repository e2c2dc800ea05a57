import { Command as Cli, CommanderError } from 'commander'
import { accountCommands } from './accounts.ts'
import { Interrupted } from './awaitCommand.ts'
import { importsCommands } from './imports.ts'
import { memberCommands } from './members.ts'
import { migrateCommand } from './migrate.ts'
import { regionCommands } from './regions.ts'
import { serviceTokenCommands } from './serviceTokens.ts'
import { usageCommands } from './usage.ts'

const cli = new Cli('keys')
  .description('The operator’s command line of Pictify Keys')
  .option('--json', 'print one line of JSON')
  .exitOverride()
cli.addCommand(accountCommands())
cli.addCommand(memberCommands())
cli.addCommand(importsCommands())
cli.addCommand(serviceTokenCommands())
cli.addCommand(regionCommands())
cli.addCommand(usageCommands())
cli.addCommand(migrateCommand())

// `--json` is understood wherever it stands.
const json = process.argv.includes('--json')
const args = process.argv.slice(2).filter((argument) => argument !== '--json')

try {
  await cli.parseAsync(json ? ['--json', ...args] : args, { from: 'user' })
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    // As a shell reports a process that SIGINT ended.
    process.exitCode = error instanceof Interrupted ? 130 : 1
  }
}
