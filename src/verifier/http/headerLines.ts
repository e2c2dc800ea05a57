/** Headers as lines of a head, each `Name: value` and a line break. Values are of our own making, never a caller's. */
export const headerLines = (headers: Record<string, string>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')

/** The headers of such lines: `[name, value]` each. */
export const readHeaderLines = (lines: string): [string, string][] =>
  lines
    .split('\r\n')
    .slice(0, -1)
    .map((line) => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon), line.slice(colon + 2)]
    })
