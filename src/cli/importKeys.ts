import { Command as Cli, Option } from 'commander'
import { AccountSchema } from '../domain/accounts/Account.ts'
import { Failure } from '../domain/failure.ts'
import { ENCODINGS, type Encoding } from '../domain/imports/decodeText.ts'
import { Form } from '../domain/imports/Form.ts'
import { planImport } from '../domain/imports/importStore.ts'
import { type ImportOutcome, outcomeOf } from '../domain/imports/outcome.ts'
import { formatOf, type ImportFormat, readImport } from '../domain/imports/readImport.ts'
import { FileReader, type ImportFile } from '../domain/imports/readWhole.ts'
import { openFile, sizeOf } from './openFile.ts'
import { print } from './print.ts'
import { type Progress, showProgress } from './progress.ts'
import { sumOutcomes } from './sumOutcomes.ts'
import { type Service, withService } from './withService.ts'

/** Keys per command: few enough that none holds the account's lock for long. */
const CHUNK = 500

const AGAIN = 'Run the import again: it continues where it stopped.'

type Options = {
  dryRun?: boolean
  format?: ImportFormat
  encoding?: Encoding
  prefix?: string
  length?: string
}

/** `account import`: keys by their hashes, of a file of any size. */
export function importCommand(): Cli {
  return new Cli('import')
    .description('import keys by their SHA-256; run it again to continue where it stopped')
    .argument('<accountId>')
    .argument('<file>', 'JSON lines or CSV; - is standard input')
    .option('--dry-run', 'print what an import would do, and change nothing')
    .addOption(
      new Option('--format <format>', 'the format, if the file does not show it').choices(['jsonl', 'csv']),
    )
    .option('--prefix <prefix>', 'the prefix of every key in the file')
    .option('--length <characters>', 'the length of every key in the file')
    .addOption(new Option('--encoding <encoding>', 'UTF-8 if it is not given').choices([...ENCODINGS]))
    .action(async (accountId: string, file: string, options: Options, command: Cli) => {
      const total = await sizeOf(file)
      const progress = await showProgress(command, { title: 'Importing keys', unit: 'bytes', total })
      const { outcome, stopped } = await withService((service) =>
        importFile(service, accountId, file, options, progress),
      ).finally(progress.end)
      const { json } = command.optsWithGlobals<{ json?: boolean }>()
      if (json) print(command, outcome)
      else {
        const { errors, furtherErrors, ...counts } = outcome
        for (const { line, field, message } of errors)
          process.stderr.write(`line ${line}: ${field} ${message}\n`)
        if (furtherErrors > 0) process.stderr.write(`… and ${furtherErrors} more\n`)
        print(command, counts)
      }
      if (outcome.failed > 0) process.exitCode = 1
      if (stopped) throw stopped
    })
}

type Total = Omit<ImportOutcome, 'keys'>

/** Also prints what was done when it stopped early: the next run does the rest. */
async function importFile(
  service: Service,
  accountId: string,
  file: string,
  { dryRun = false, format, encoding, prefix = '', length = '0' }: Options,
  progress: Progress,
): Promise<{ outcome: Total; stopped?: Error }> {
  const account = await service.em.findOne(AccountSchema, { id: accountId })
  if (!account) throw new Error('There is no account with this ID.')
  const form = formOf(prefix, length)
  const ahead = { live: 0, test: 0 }
  const total = sumOutcomes(dryRun)
  const reader = new FileReader()

  const flush = async () => {
    const part = reader.take()
    total.add(await (dryRun ? plan(part) : part.records.length > 0 ? apply(part) : unfit(part)))
  }
  const unfit = (part: ImportFile) =>
    outcomeOf(part, { dryRun, imported: 0, unchanged: 0, errors: [], keys: [] })
  const apply = async (part: ImportFile) =>
    (await service.run('import-api-keys', accountId, { ...part, form }, AGAIN)) as ImportOutcome
  const plan = async ({ records, ...part }: ImportFile) => {
    const { take, unchanged, errors } = await planImport(service.em, account, records, new Date(), ahead)
    for (const { type } of take) ahead[type] += 1
    return outcomeOf(part, { dryRun, imported: take.length, unchanged, errors, keys: [] })
  }
  try {
    const { text, start } = await openFile(file, encoding, progress.advance)
    for await (const line of readImport(text, format ?? formatOf(start), new Date())) {
      reader.add(line)
      if (reader.records.length >= CHUNK) await flush()
    }
    await flush()
    if (total.outcome.total === 0) throw new Error('There is no line with a key.')
    return { outcome: total.outcome }
  } catch (error) {
    if (total.outcome.total === 0) throw readable(error)
    return { outcome: total.outcome, stopped: readable(error) }
  }
}

function formOf(prefix: string, length: string): Form {
  const form = Form.safeParse({ prefix, length: Number(length) })
  if (!form.success)
    throw new Error('--prefix has up to 32 characters without spaces, --length is up to 512.')
  return form.data
}

/** A fault of the file as a whole says in its detail where it is. */
function readable(error: unknown): Error {
  return error instanceof Failure ? new Error(error.details.detail) : (error as Error)
}
