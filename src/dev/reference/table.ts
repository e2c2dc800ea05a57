/** A table in Markdown, with columns as wide as their widest cell. A pipe in a cell stays one. */
export function table(head: string[], rows: string[][]): string {
  const all = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)))
  const line = (cells: string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  const [titles = [], ...others] = all
  return [line(titles), rule, ...others.map(line)].join('\n')
}

export const code = (text: string): string => `\`${text}\``
