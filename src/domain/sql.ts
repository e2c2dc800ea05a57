/**
 * A Postgres array of values that need no quotes: IDs, digests, numbers. Bind it as a parameter and cast it, as in
 * `any(?::text[])`.
 */
export const pgArray = (values: readonly (string | number)[]): string => `{${values.join(',')}}`

/** A pattern for `like` and `ilike` that finds a text wherever it stands. `%`, `_` and `\` in it mean themselves. */
export const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`
