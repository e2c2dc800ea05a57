import { inject } from 'vitest'
import { askOperator } from '../setup/operator.ts'
import { serviceClient } from './serviceClient.ts'

export type SharedService = Awaited<ReturnType<typeof sharedService>>

/**
 * The one service that test files share; the first that asks starts it. Other files use it at the same time, so whoever
 * uses it makes accounts, tokens and addresses of its own, and looks at nothing else. Tests that stop or change
 * something, count all rows, need settings of their own, or send many secrets that nobody knows, use `startService`.
 */
export async function sharedService() {
  const env = process.env as Record<string, string>
  const asked = { env, task: 'sharedService', value: inject('postgresUrl') } as const
  const { shared } = await askOperator(inject('operatorPort'), asked)
  if (!shared) throw new Error('There is no shared service')
  const { databaseUrl, redisUrl, ...running } = shared
  return { ...serviceClient(running), databaseUrl, redis: { url: redisUrl } }
}
