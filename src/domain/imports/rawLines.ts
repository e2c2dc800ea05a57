import type { LineError } from './outcome.ts'

export type Fault = Omit<LineError, 'line'>

/** Characters of one line, and of one record of a CSV. */
export const MAX_LINE = 32_768

export type Text = AsyncIterable<string> | Iterable<string>

/** One line, before anything is known of its value. */
export type Raw = { line: number; value?: unknown; fault?: Fault }

export function parseJson(content: string): { value: unknown } | { fault: Fault } {
  try {
    return { value: JSON.parse(content) }
  } catch {
    return { fault: { field: 'line', message: 'is not valid JSON', code: 'invalid_format' } }
  }
}
