import { Command as Cli } from 'commander'
import { accountCommands } from './accounts.ts'
import { auditLogCommand } from './auditLog.ts'
import { backupCommands } from './backups.ts'
import { doctorCommand } from './doctor.ts'
import { eventCommands } from './events.ts'
import { importsCommands } from './imports.ts'
import { memberCommands } from './members.ts'
import { migrateCommand } from './migrate.ts'
import { operatorTokenCommands } from './operatorTokens.ts'
import { planCommands } from './plans.ts'
import { recoverCommand } from './recover.ts'
import { regionCommands } from './regions.ts'
import { secretsCommands } from './secrets.ts'
import { serviceTokenCommands } from './serviceTokens.ts'
import { sessionLinkCommands } from './sessionLinks.ts'
import { shardsCommand } from './shards.ts'
import { upgradeCommands } from './upgrade.ts'
import { usageCommands } from './usage.ts'
import { webhookCommands } from './webhooks.ts'

/** `bin/keys` with all its commands. */
export function createProgram(): Cli {
  return [
    accountCommands(),
    memberCommands(),
    planCommands(),
    importsCommands(),
    serviceTokenCommands(),
    operatorTokenCommands(),
    sessionLinkCommands(),
    auditLogCommand(),
    eventCommands(),
    webhookCommands(),
    regionCommands(),
    usageCommands(),
    secretsCommands(),
    backupCommands(),
    recoverCommand(),
    shardsCommand(),
    upgradeCommands(),
    migrateCommand(),
    doctorCommand(),
  ].reduce(
    (cli, command) => cli.addCommand(command),
    new Cli('keys')
      .description('The operator’s command line of Pictify Keys')
      .option('--json', 'print one line of JSON'),
  )
}
