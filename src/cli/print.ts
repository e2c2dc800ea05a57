import type { Command } from 'commander'

/** Prints a result: one line of JSON with `--json`, else `name: value` lines, or a table for a list. */
export function print(command: Command, result: Record<string, unknown> | Record<string, unknown>[]): void {
  const { json } = command.optsWithGlobals<{ json?: boolean }>()
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else process.stdout.write(Array.isArray(result) ? table(result) : lines(result))
}

const shown = (value: unknown) =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')

function lines(result: Record<string, unknown>): string {
  return Object.entries(result)
    .map(([name, value]) => `${name}: ${shown(value)}\n`)
    .join('')
}

function table(rows: Record<string, unknown>[]): string {
  const names = Object.keys(rows[0] ?? {})
  const grid = [names, ...rows.map((row) => names.map((name) => shown(row[name])))]
  const widths = names.map((_, column) => Math.max(...grid.map((row) => row[column]?.length ?? 0)))
  return grid
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
