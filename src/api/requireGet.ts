import type { Context } from 'koa'
import { Problem } from './problems.ts'

/** Throws a 405 unless the request only reads. */
export function requireGet({ method }: Pick<Context, 'method'>): void {
  if (method !== 'GET' && method !== 'HEAD')
    throw new Problem('method-not-allowed', { detail: 'Use GET.' }, { Allow: 'GET' })
}
