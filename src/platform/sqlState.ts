/**
 * SQLSTATEs with which Postgres says that it cannot do this now, whatever the data: connection (08), a login that is
 * refused (28), transaction rolled back (40), lack of resources (53), shutdown (57P0x), I/O (58), a standby (25006), a
 * session that was ended (25P03), a lock (55P03), a schema that is not there yet (42P01, 42703, 42501, 3D000, 3F000).
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const NOT_NOW = /^(08|28|40|53|58|57P0|25P03|25006|55P03|42P01|42703|42501|3D000|3F000)/

/**
 * SQLSTATEs with which Postgres refuses the data itself: data exceptions (22), constraints (23), program limits (54).
 */
const REFUSED = /^(22|23|54)/

/** The SQLSTATE of an error or of what caused it; undefined where Postgres did not answer. */
export function sqlStateOf(error: unknown): string | undefined {
  let each = error
  for (let depth = 0; depth < 5 && each instanceof Error; depth++) {
    const { code } = each as { code?: unknown }
    if (typeof code === 'string' && /^[0-9][0-9A-Z]{4}$/.test(code)) return code
    each = each.cause
  }
  return undefined
}

/** True where the same statement may pass later: nothing was wrong with it. */
export const isNotNow = (error: unknown): boolean => NOT_NOW.test(sqlStateOf(error) ?? '')

/** True where the same data will be refused again: by Postgres, or by our own code before it gets there. */
export function isRefusal(error: unknown): boolean {
  const state = sqlStateOf(error)
  if (state !== undefined) return REFUSED.test(state)
  return error instanceof TypeError || error instanceof RangeError || (error as Error)?.name === 'ZodError'
}
