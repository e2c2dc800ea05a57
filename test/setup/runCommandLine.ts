import { AsyncLocalStorage } from 'node:async_hooks'
import { type Command, CommanderError } from 'commander'
import { createProgram } from '../../src/cli/commands.ts'
import type { Done } from './operator.ts'

type Printed = { stdout: string; stderr: string }

/** What each command prints: several run at once, in the one process. */
const printing = new AsyncLocalStorage<Printed>()
for (const name of ['stdout', 'stderr'] as const) {
  const write = process[name].write.bind(process[name])
  process[name].write = ((text: string | Uint8Array, ...more: never[]) => {
    const printed = printing.getStore()
    if (!printed) return write(text, ...more)
    printed[name] += String(text)
    return true
  }) as typeof write
}

/** Else what is wrong with its arguments ends this process. */
function throwInstead(command: Command): Command {
  for (const one of command.commands) throwInstead(one)
  return command.exitOverride()
}

/** Does what `bin/keys` with these arguments does, as src/cli/main.ts does it, in this process. */
export async function runCommandLine(args: string[]): Promise<Done> {
  const printed: Printed = { stdout: '', stderr: '' }
  const cli = throwInstead(createProgram())
  return printing.run(printed, async () => {
    try {
      await cli.parseAsync(['--json', ...args], { from: 'user' })
      return { stdout: printed.stdout }
    } catch (error) {
      const code = error instanceof CommanderError ? error.exitCode : 1
      const { message } = error as Error
      return { stdout: printed.stdout, failure: { message: `${printed.stderr}${message}`, code } }
    }
  })
}
