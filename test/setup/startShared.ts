import { cloneTemplate } from './cloneTemplate.ts'
import { runProcesses } from './runProcesses.ts'
import { serviceEnv } from './serviceEnv.ts'
import { startTestRedis } from './testRedis.ts'

/** Starts the service that test files share. It ends with this process. */
export async function startShared(postgresUrl: string, inherited: NodeJS.ProcessEnv) {
  const [{ databaseUrl }, redis] = await Promise.all([cloneTemplate(postgresUrl), startTestRedis()])
  // Webhooks of tests lead to this machine.
  const env = { ...serviceEnv(databaseUrl, redis.url, inherited), WEBHOOK_ALLOW_PRIVATE: 'true' }
  const { startApi, startWorker } = runProcesses(env)
  startWorker()
  const { url } = await startApi()
  return { env, url, databaseUrl, redisUrl: redis.url }
}
