import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis } from '../../src/dev/redis.ts'
import { cloneTemplate } from './cloneTemplate.ts'
import { runProcesses } from './runProcesses.ts'
import { serviceEnv } from './serviceEnv.ts'

/** Starts the service that test files share. It ends with this process. */
export async function startShared(postgresUrl: string, inherited: NodeJS.ProcessEnv) {
  const dataDir = await mkdtemp(join(tmpdir(), 'pictify-keys-shared-'))
  const [{ databaseUrl }, redis] = await Promise.all([
    cloneTemplate(postgresUrl),
    startRedis({ dataDir, temporary: true }),
  ])
  // Webhooks of tests lead to this machine.
  const env = { ...serviceEnv(databaseUrl, redis.url, inherited), WEBHOOK_ALLOW_PRIVATE: 'true' }
  const { startApi, startWorker } = runProcesses(env)
  startWorker()
  const { url } = await startApi()
  return { env, url, databaseUrl, redisUrl: redis.url }
}
