import type { Command } from 'commander'
import { createProgram } from '../../cli/commands.ts'
import { code, table } from './table.ts'

/** The commands that do something, each with the words that lead to it. */
export function cliCommands(cli: Command, parents: string[] = []): { name: string; command: Command }[] {
  const name = [...parents, cli.name()]
  if (cli.commands.length === 0) return [{ name: name.join(' '), command: cli }]
  return cli.commands.flatMap((command) => cliCommands(command, name))
}

export function commandTable(): string {
  const rows = cliCommands(createProgram()).map(({ name, command }) => {
    const args = command.registeredArguments.map((arg) => {
      const about = [arg.description, arg.argChoices && oneOf(arg.argChoices)].filter(Boolean).join(': ')
      return `${code(`<${arg.name()}>`)}${about && `: ${about}`}`
    })
    const options = command.options.map(({ flags, description, argChoices, mandatory, defaultValue }) => {
      const about = [
        description,
        argChoices && oneOf(argChoices),
        mandatory && 'required',
        defaultValue !== undefined && `default: ${defaultValue}`,
      ]
      const text = about.filter(Boolean).join(', ')
      return `${code(flags)}${text && `: ${text}`}`
    })
    const summary = command.description()
    return [
      code(name),
      `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
      [...args, ...options].join('<br>'),
    ]
  })
  return table(['command', 'what it does', 'arguments and options'], rows)
}

const oneOf = (choices: string[]) => choices.map(code).join(', ')
