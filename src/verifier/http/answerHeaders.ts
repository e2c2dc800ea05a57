/**
 * What every answer carries. Nothing between us and a caller keeps an answer, unless a route says otherwise: answers
 * depend on who asks, by a header or a cookie that a shared cache may not look at, and some have secrets.
 */
export const ANSWER_HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const
