import { CommanderError } from 'commander'
import { Interrupted } from './awaitCommand.ts'
import { createProgram } from './commands.ts'

const cli = createProgram().exitOverride()

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
