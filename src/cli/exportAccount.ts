import { once } from 'node:events'
import { Command as Cli } from 'commander'
import { AccountSchema } from '../domain/accounts/Account.ts'
import { audit } from '../domain/audit/audit.ts'
import { readExport } from '../domain/export/readExport.ts'
import { showProgress } from './progress.ts'
import { withService } from './withService.ts'

/** `account export`: everything an account has, as JSON lines on stdout. */
export function exportCommand(): Cli {
  return new Cli('export')
    .description('print everything an account has as JSON lines, without secrets; the last line is `end`')
    .argument('<accountId>')
    .action((accountId: string, _options: unknown, command: Cli) =>
      withService(async ({ em, actor }) => {
        const account = await em.findOne(AccountSchema, { id: accountId })
        if (!account) throw new Error('There is no account with this ID.')
        audit(em, { accountId, actor }, { at: new Date(), action: 'account.exported', targetId: accountId })
        await em.flush()
        const progress = await showProgress(command, { title: 'Exporting the account', unit: 'records' })
        try {
          for await (const rows of readExport(em, account, new Date())) {
            const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
            if (!process.stdout.write(text)) await once(process.stdout, 'drain')
            progress.advance(rows.length)
          }
        } finally {
          progress.end()
        }
      }),
    )
}
